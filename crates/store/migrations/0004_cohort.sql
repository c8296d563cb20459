-- The house's own cohort. What each person carries on a genome build is her data and is replaced as a whole, never edited.

create table call_sets (
    person_id text not null references persons (id),
    assembly text not null,
    case_id text not null references cases (id),
    alleles bytea not null,
    primary key (person_id, assembly)
);

-- Sums over call_sets by stretch of the genome: one row holds all alleles of 4 Mb, so that no query lists them by variant.
create table cohort_counts (
    assembly text not null,
    bin bigint not null,
    counts bytea not null,
    primary key (assembly, bin)
);

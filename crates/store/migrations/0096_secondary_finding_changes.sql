-- Secondary findings that a professional left out of a case's report, or put back, one by one. Nothing is changed here: what
-- is said later of a finding follows what was said before. `left_out` is 1 or 0.

create table secondary_finding_changes (
    case_id text not null references cases (id),
    sequence bigint not null,
    report_version bigint not null,
    person_id text not null references persons (id),
    finding text not null,
    left_out bigint not null,
    reason text not null,
    author text not null,
    written_at text not null,
    primary key (case_id, sequence)
);

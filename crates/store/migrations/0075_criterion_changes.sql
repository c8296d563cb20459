-- ACMG criteria set by hand. Nothing is changed here: what is said later of a criterion follows what was said before.

create table criterion_changes (
    case_id text not null references cases (id),
    sequence bigint not null,
    report_version bigint not null,
    finding text not null,
    criterion text not null,
    setting text not null,
    reason text not null,
    author text not null,
    written_at text not null,
    primary key (case_id, sequence)
);

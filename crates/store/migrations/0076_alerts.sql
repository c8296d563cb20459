-- What new knowledge changes for stored cases: alerts in the order they were told, and which cases were looked at under
-- which release, so that a job that ended early goes on where it was.

create table alerts (
    case_id text not null references cases (id),
    sequence bigint not null,
    release text not null,
    report_version bigint not null,
    alert text not null,
    created_at text not null,
    primary key (case_id, sequence)
);

create table reanalyses (
    case_id text not null references cases (id),
    release text not null,
    report_version bigint not null,
    done_at text not null,
    primary key (case_id, release, report_version)
);

-- Each finding of a report by itself; the report keeps a line for each. `apart` is 0 in rows of earlier programs until the
-- house is opened.

alter table reports add column apart bigint not null default 0;

create table report_findings (
    case_id text not null,
    version bigint not null,
    rank bigint not null,
    finding text not null,
    primary key (case_id, version, rank),
    foreign key (case_id, version) references reports (case_id, version)
);

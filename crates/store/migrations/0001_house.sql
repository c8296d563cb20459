-- The house. Plain SQL that SQLite and PostgreSQL both accept: text, bigint, and times as RFC 3339 text in UTC.

create table persons (
    id text primary key,
    cpr text not null unique,
    name text not null
);

create table users (
    id text primary key,
    display_name text not null,
    role text not null,
    person_id text,
    organisation text not null,
    on_responsibility_of text
);

create table sessions (
    token_hash text primary key,
    user_id text not null references users (id),
    expires_at text not null
);

create table cases (
    id text primary key,
    label text not null,
    proband text not null references persons (id),
    status text not null,
    input_hash text not null unique,
    created_at text not null,
    milliseconds bigint not null
);

create table case_inputs (
    case_id text not null references cases (id),
    name text not null,
    sha256 text not null,
    primary key (case_id, name)
);

create table case_members (
    case_id text not null references cases (id),
    person_id text not null references persons (id),
    position bigint not null,
    sample text not null,
    primary key (case_id, person_id)
);
create index case_members_person on case_members (person_id);

create table treatment_relations (
    professional text not null,
    person_id text not null references persons (id),
    valid_from text not null,
    valid_until text,
    primary key (person_id, professional, valid_from)
);

create table assignments (
    user_id text not null,
    case_id text not null references cases (id),
    primary key (user_id, case_id)
);

create table custody (
    holder text not null references persons (id),
    child text not null references persons (id),
    primary key (child, holder)
);
create index custody_holder on custody (holder);

-- Wishes are never overwritten: the version that held at a time can be replayed.
create table wishes (
    person_id text not null references persons (id),
    version bigint not null,
    recorded_at text not null,
    recorded_by text not null,
    wishes text not null,
    primary key (person_id, version)
);

create table reports (
    case_id text not null references cases (id),
    version bigint not null,
    created_at text not null,
    report text not null,
    primary key (case_id, version)
);

-- Apart from the report, since they open only as each person wished.
create table secondary_findings (
    case_id text not null references cases (id),
    version bigint not null,
    person_id text not null references persons (id),
    findings text not null,
    primary key (case_id, version, person_id)
);

create table conclusions (
    case_id text not null references cases (id),
    version bigint not null,
    author text not null,
    written_at text not null,
    text text not null,
    primary key (case_id, version)
);

create table signatures (
    case_id text primary key references cases (id),
    report_version bigint not null,
    conclusion_version bigint not null,
    signed_by text not null,
    signed_at text not null
);

create table log_leaves (
    leaf_index bigint primary key,
    hash text not null,
    subject text,
    leaf text not null
);
create index log_leaves_subject on log_leaves (subject);

create table log_checkpoints (
    size bigint primary key,
    root text not null,
    signed_at text not null,
    signature text not null
);

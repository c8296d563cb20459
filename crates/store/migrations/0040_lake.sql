-- The lake's catalogue. Its tables are files in the data folder; what of them counts stands here.

-- How far a permit reaches within its kinds of data.
alter table permits add column scope text not null default '{}';

-- Keys of person keys and pseudonyms, one a domain, as hexadecimal digits.
create table lake_secrets (
    domain text primary key,
    secret text not null
);

-- Each snapshot follows the one before; the last is the present.
create table lake_snapshots (
    id bigint primary key,
    made_at text not null,
    made_by text not null,
    manifest text not null
);

-- What has been answered within a domain of pseudonyms, for the auditor of differences.
create table lake_answers (
    domain text not null,
    sequence bigint not null,
    asked_at text not null,
    cells bytea not null,
    primary key (domain, sequence)
);

-- Documents that resources come in: sets with versions, so that an older version that comes late stays history.

alter table resources add column document_set text;
alter table resources add column document_version bigint;
create index resources_document on resources (source, document_set);

-- The latest version of a set that replaced all that earlier ones have told of a person.
create table resource_sets (
    source text not null,
    document_set text not null,
    person_id text not null references persons (id),
    version bigint not null,
    batch text not null references resource_batches (id),
    primary key (source, document_set, person_id)
);

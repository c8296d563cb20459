-- FHIR resources: each version of each, whose it is, where it came from and since when the house knows it.

-- A file that was taken in, known by its content.
create table resource_batches (
    id text primary key,
    source text not null,
    file text not null,
    sha256 text not null,
    taken_at text not null,
    taken_by text not null,
    stored bigint not null,
    rejected bigint not null
);

-- `reference` is type and id, which mean something within a source only. A resource of nobody in particular (an
-- organisation) has no person and an empty category. `starts_at` and `ends_at` are what its matter's time may mean.
create table resources (
    source text not null,
    reference text not null,
    version bigint not null,
    person_id text references persons (id),
    resource_type text not null,
    category text not null,
    starts_at text,
    ends_at text,
    hash text not null,
    batch text not null references resource_batches (id),
    place text not null,
    known_at text not null,
    superseded_at text,
    body text not null,
    primary key (source, reference, version)
);
create index resources_person on resources (person_id, starts_at);

-- Who is meant by a source's reference to a Patient.
create table resource_patients (
    source text not null,
    reference text not null,
    person_id text not null references persons (id),
    primary key (source, reference)
);

-- Numbers of a person beside the one in `persons`: given in place of a CPR number.
create table person_numbers (
    system text not null,
    number text not null,
    person_id text not null references persons (id),
    primary key (system, number)
);

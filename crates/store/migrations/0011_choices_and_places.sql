-- What people choose: entries that are only ever added. Wishes stand here too, in the order of their versions.

create table choices (
    person_id text not null references persons (id),
    sequence bigint not null,
    recorded_at text not null,
    recorded_by text not null,
    valid_from text not null,
    valid_until text,
    -- Who may act, when the entry is a power of attorney.
    holder text,
    statement text not null,
    primary key (person_id, sequence)
);
create index choices_holder on choices (holder);
insert into choices (person_id, sequence, recorded_at, recorded_by, valid_from, statement)
    select person_id, version, recorded_at, recorded_by, recorded_at, '{"wishes":' || wishes || '}' from wishes;
drop table wishes;

-- Units of the health service, by their number in the organisation register (SOR), each under another or at the top.
create table places (
    id text primary key,
    name text not null,
    parent text
);

-- What binds people to those who treat them, beside the courses in treatment_relations.
create table care_contacts (
    person_id text not null references persons (id),
    kind text not null,
    professional text not null,
    place text not null,
    valid_from text not null,
    valid_until text,
    primary key (person_id, kind, professional, place, valid_from)
);

create table permits (
    id text primary key,
    purpose text not null,
    categories text not null,
    site_permission bigint not null,
    valid_from text not null,
    valid_until text not null
);
create table permit_members (
    permit_id text not null references permits (id),
    user_id text not null,
    primary key (permit_id, user_id)
);

create table mandates (
    officer text not null,
    person_id text not null references persons (id),
    categories text not null,
    valid_from text not null,
    valid_until text not null,
    primary key (person_id, officer, valid_from)
);

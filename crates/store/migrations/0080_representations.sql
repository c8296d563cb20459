-- Who acts for an adult by law, or consents for a patient in a treatment situation. A line is never taken out: what no
-- longer is to hold is given an end, with who gave it and when it was known.

create table representations (
    person_id text not null references persons (id),
    holder text not null references persons (id),
    kind text not null,
    matters text not null,
    evidence text not null,
    valid_from text not null,
    valid_until text,
    entered_by text not null,
    entered_at text not null,
    ended_from text,
    ended_by text,
    ended_at text,
    primary key (person_id, holder, kind, valid_from)
);
create index representations_holder on representations (holder);

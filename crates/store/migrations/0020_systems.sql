-- Systems of institutions that ask the gate in their users' names. Only a hash of each secret is stored.

create table systems (
    id text primary key,
    organisation text not null,
    secret_hash text not null,
    registered_at text not null,
    withdrawn_at text
);

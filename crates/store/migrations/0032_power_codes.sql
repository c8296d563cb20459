-- Codes by which somebody lets herself be given power of attorney: who has one can give it, once. Only a hash is stored.

create table power_codes (
    code_hash text primary key,
    holder text not null references persons (id),
    expires_at text not null
);
create index power_codes_expiry on power_codes (expires_at);

-- Who let herself be given whose power of attorney, and so be named to her.
create table power_holders (
    person_id text not null references persons (id),
    holder text not null references persons (id),
    primary key (person_id, holder)
);

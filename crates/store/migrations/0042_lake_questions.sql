-- What each user has asked of the lake, in her own words and for her own eyes, the newest of it.
create table lake_questions (
    user_id text not null,
    sequence bigint not null,
    asked_at text not null,
    permit text not null,
    sql text not null,
    outcome text not null,
    primary key (user_id, sequence)
);

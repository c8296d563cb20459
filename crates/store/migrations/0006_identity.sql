-- Who a user is to her provider, and sessions that know how they began. Sessions made before are ended.

alter table users add column profession text;
alter table users add column place text;
-- The provider's name of her, when she comes through OpenID Connect.
alter table users add column issuer text;
alter table users add column subject text;
-- Set when she may no longer sign in.
alter table users add column disabled_at text;
create unique index users_subject on users (issuer, subject);

drop table sessions;
create table sessions (
    token_hash text primary key,
    user_id text not null references users (id),
    -- The capacity she signed in with: another one needs another session.
    role text not null,
    issuer text,
    -- The provider's name of the session, for back-channel logout.
    sid text,
    started_at text not null,
    seen_at text not null,
    idle_seconds bigint not null,
    expires_at text not null,
    stepped_up_until text
);
create index sessions_user on sessions (user_id);

-- A sign-in on its way through the provider; taken out once, by the browser that began it.
create table sign_in_attempts (
    secret_hash text primary key,
    -- The session that is to be stepped up; nothing for a sign-in.
    session_hash text,
    return_to text not null,
    started_at text not null,
    expires_at text not null
);

create index sign_in_attempts_expiry on sign_in_attempts (expires_at);

-- Logout tokens that have been obeyed: each is obeyed once.
create table logout_tokens (
    token_hash text primary key,
    expires_at text not null
);

-- What a session relies on beside role and purpose in one case, for a short time.
create table session_grounds (
    token_hash text not null,
    case_id text not null,
    -- `declares_treatment`, `patient_permits` or `essential_interest`.
    ground text not null,
    reason text not null,
    expires_at text not null,
    primary key (token_hash, case_id)
);

-- Readings that somebody must judge afterwards.
create table follow_ups (
    leaf_index bigint primary key,
    person_id text not null,
    -- What the professional wrote.
    reason text not null,
    opened_at text not null,
    deadline text not null,
    judged_at text,
    judged_by text,
    verdict text
);
create index follow_ups_person on follow_ups (person_id);

-- Hospital diagnoses of all generations of the patient register: primary (A) and secondary (B), not refuted later.
-- LPR3_F and LPR3_A are two deliveries of one register: a contact that is in both is one contact.
WITH delivered AS (
    SELECT adm.pnr, adm.recnum AS contact, adm.d_inddto AS date, diag.c_diag AS code, diag.c_diagtype AS kind,
        CAST(NULL AS VARCHAR) AS refuted
    FROM lpr_adm AS adm
    JOIN lpr_diag AS diag ON diag.recnum = adm.recnum
    UNION
    SELECT kontakt.pnr, kontakt.dw_ek_kontakt, kontakt.dato_start, diagnose.diagnosekode, diagnose.diagnosetype,
        diagnose.senere_afkraeftet
    FROM lpr3f_kontakter AS kontakt
    JOIN lpr3f_diagnoser AS diagnose ON diagnose.dw_ek_kontakt = kontakt.dw_ek_kontakt
    UNION
    SELECT kontakt.pnr, kontakt.dw_ek_kontakt, kontakt.kont_starttidspunkt, diagnose.diag_kode, diagnose.diag_type,
        diagnose.senere_afkraeftet
    FROM lpr3a_kontakt AS kontakt
    JOIN lpr3a_diagnose AS diagnose ON diagnose.dw_ek_kontakt = kontakt.dw_ek_kontakt
)
SELECT pnr, contact, date, upper(trim(code)) AS code
FROM delivered
WHERE upper(trim(kind)) IN ('A', 'B') AND date IS NOT NULL AND coalesce(lower(trim(refuted)), 'nej') <> 'ja'

-- Insertions of artificial hips and knees, first (KNFB, KNGB) and second (KNFC, KNGC: part or all of one is exchanged),
-- and removals (KNFU0, KNFU1, KNGU0, KNGU1). Several codes of one kind on one day are one operation.
WITH delivered AS (
    SELECT adm.pnr, opr.d_odto AS date, upper(trim(opr.c_opr)) AS code
    FROM lpr_adm AS adm
    JOIN lpr_sksopr AS opr ON opr.recnum = adm.recnum
    UNION ALL
    SELECT kontakt.pnr, procedure.dato_start, upper(trim(procedure.procedurekode))
    FROM lpr3f_kontakter AS kontakt
    JOIN lpr3f_procedurer_kirurgi AS procedure ON procedure.dw_ek_kontakt = kontakt.dw_ek_kontakt
)
SELECT DISTINCT
    pnr,
    date,
    CASE WHEN code LIKE 'KNF%' THEN 'hip' ELSE 'knee' END AS joint,
    code LIKE 'KNFB%' OR code LIKE 'KNGB%' AS is_primary
FROM delivered
WHERE date IS NOT NULL AND code ~ '^(KN[FG][BC]|KN[FG]U[01])'

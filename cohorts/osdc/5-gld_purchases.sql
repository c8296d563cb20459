-- Purchases of glucose-lowering drugs (ATC A10) that speak of diabetes, from 1997, when the obstetric diagnoses that the
-- rules below need are complete. Left out are:
--   GLP-1 receptor agonists alone (A10BJ; until 2017 A10BX04, 07, 10, 13 and 14), used for weight loss;
--   dapagliflozin and empagliflozin alone (A10BK01, A10BK03; until 2017 A10BX09 and 12), used for heart and kidney;
--   purchases in pregnancy;
--   metformin (A10BA02) bought by women under 40, or by women for an indication of polycystic ovaries.
WITH person AS (
    -- BEF has a row for each person and time of counting.
    SELECT pnr, min(foed_dato) AS born, bool_or(koen = 2) AS is_woman
    FROM bef
    GROUP BY pnr
),
purchase AS (
    SELECT
        lmdb.pnr,
        lmdb.eksd AS date,
        upper(trim(lmdb.atc)) AS atc,
        lmdb.indo AS indication,
        coalesce(lmdb.volume * lmdb.apk, 0) AS doses
    FROM lmdb
    WHERE upper(trim(lmdb.atc)) LIKE 'A10%' AND lmdb.eksd >= DATE '1997-01-01'
)
SELECT
    purchase.pnr,
    purchase.date,
    purchase.doses,
    -- Insulins and analogues; a combination with a GLP-1 receptor agonist (A10AE54, A10AE56) holds another drug as well.
    purchase.atc LIKE 'A10A%' AND purchase.atc NOT LIKE 'A10AE5%' AS is_insulin
FROM purchase
LEFT JOIN person ON person.pnr = purchase.pnr
LEFT ANTI JOIN pregnancies AS pregnancy
    ON pregnancy.pnr = purchase.pnr AND purchase.date BETWEEN pregnancy.first_day AND pregnancy.last_day
WHERE purchase.atc !~ '^A10(BJ|BK01|BK03|BX04|BX07|BX09|BX10|BX12|BX13|BX14)'
    AND NOT coalesce(
        purchase.atc = 'A10BA02'
        AND person.is_woman
        AND (
            purchase.date < person.born + INTERVAL '40' YEAR
            OR coalesce(purchase.indication, '') IN ('0000092', '0000276', '0000781')
        ),
        FALSE
    )

-- HbA1c of at least 48 mmol/mol (NPU27300), which is 6.5 % (NPU03835), outside pregnancies.
SELECT lab.pnr, lab.samplingdate AS date
FROM lab_forsker AS lab
LEFT ANTI JOIN pregnancies AS pregnancy
    ON pregnancy.pnr = lab.pnr AND lab.samplingdate BETWEEN pregnancy.first_day AND pregnancy.last_day
WHERE lab.samplingdate IS NOT NULL
    AND (
        (upper(trim(lab.analysiscode)) = 'NPU27300' AND lab.value >= 48)
        OR (upper(trim(lab.analysiscode)) = 'NPU03835' AND lab.value >= 6.5)
    )

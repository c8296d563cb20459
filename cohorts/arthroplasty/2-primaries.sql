-- Each person's first artificial hip and first artificial knee.
-- The side is not in these tables: the other hip is another primary operation, and is no revision.
SELECT pnr, joint, min(date) AS date FROM operations WHERE is_primary GROUP BY pnr, joint

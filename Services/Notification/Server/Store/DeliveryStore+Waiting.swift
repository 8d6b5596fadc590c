import Store

extension DeliveryStore {
    /// How many deliveries wait, and when the oldest was asked for; 0 when none waits.
    static func waiting(in reader: Reader) throws -> (count: Int64, oldestMilliseconds: Int64) {
        let row = try reader.row(
            """
            SELECT count(*) AS waiting, coalesce(min(created_at_ms), 0) AS oldest FROM deliveries WHERE state = 1
            """)
        return (try row?.int("waiting") ?? 0, try row?.int("oldest") ?? 0)
    }
}

import Model
import Testing

@Suite("Dates, instants and durations")
struct TimeTests {
    @Test("Every day over 400 years survives the round trip")
    func civilDates() throws {
        let first = try #require(CivilDate("1899-12-31")).daysSinceEpoch
        var previous = CivilDate(daysSinceEpoch: first - 1)
        for days in first..<(first + 146_097) {
            let date = CivilDate(daysSinceEpoch: days)
            #expect(date.daysSinceEpoch == days && date > previous)
            previous = date
        }
        #expect(CivilDate(daysSinceEpoch: 0).description == "1970-01-01")
        #expect(CivilDate("2024-02-29")?.weekday == 4)
        #expect(CivilDate("1969-12-28")?.weekday == 7)
    }

    @Test(
        "What is no date is refused",
        arguments: ["2023-02-29", "2024-13-01", "2024-1-01", "2024-00-10", "+024-01-01", ""])
    func refusedDates(_ text: String) {
        #expect(CivilDate(text) == nil)
    }

    @Test(
        "RFC 3339 instants are read with their offset",
        arguments: [
            ("1970-01-01T00:00:00Z", 0), ("2026-03-01T09:30:00.5+02:00", 1_772_350_200_500),
            ("1969-12-31T23:59:59.999Z", -1), ("2016-12-31T23:59:60Z", 1_483_228_800_000),
            ("2026-03-01t07:30:00.123456-00:30", 1_772_352_000_123),
        ] as [(String, Int64)])
    func instants(_ text: String, _ milliseconds: Int64) throws {
        let instant = try #require(Instant(text))
        #expect(instant.milliseconds == milliseconds)
        #expect(Instant(instant.description) == instant)
    }

    @Test("An instant is written in UTC with milliseconds")
    func instantText() {
        #expect(Instant(milliseconds: 1_772_350_200_500).description == "2026-03-01T07:30:00.500Z")
        #expect(Instant(milliseconds: -1).description == "1969-12-31T23:59:59.999Z")
    }

    @Test(
        "What is no instant is refused",
        arguments: [
            "2026-03-01", "2026-03-01T09:30:00", "2026-03-01 09:30:00Z", "2026-03-01T24:00:00Z",
            "2026-03-01T09:30:00.Z",
            "2026-03-01T09:30:00+2:00", "2026-03-01T09:30:00Z ", "",
        ])
    func refusedInstants(_ text: String) {
        #expect(Instant(text) == nil)
    }

    @Test(
        "Durations are read",
        arguments: [
            ("PT4H", 14_400_000), ("P1DT2H30M", 95_400_000), ("P2W", 1_209_600_000), ("PT0.5S", 500),
            ("PT1,5H", 5_400_000),
            ("-PT5M", -300_000), ("PT0S", 0), ("P0D", 0), ("PT90M", 5_400_000),
        ] as [(String, Int64)])
    func durations(_ text: String, _ milliseconds: Int64) throws {
        let duration = try #require(ISO8601Duration(text))
        #expect(duration.milliseconds == milliseconds)
        #expect(ISO8601Duration(duration.description) == duration)
    }

    @Test(
        "What is no duration is refused",
        arguments: [
            "", "P", "PT", "P1M", "P1Y", "4H", "PT4", "P1H", "PT1M2H", "PT1H1H", "P1DT", "PT1.5H3M", "PT-4H",
            "PT1S T1H",
            "PT1ST1H", "P99999999999999D", "PT999999999999999999H", "pt4h",
        ])
    func refusedDurations(_ text: String) {
        #expect(ISO8601Duration(text) == nil)
    }

    @Test("A duration is written in hours, minutes and seconds")
    func durationText() {
        #expect(ISO8601Duration(milliseconds: 95_400_000).description == "PT26H30M")
        #expect(ISO8601Duration(milliseconds: 1_020).description == "PT1.02S")
        #expect(ISO8601Duration(milliseconds: -300_000).description == "-PT5M")
        #expect(ISO8601Duration(milliseconds: 0).description == "PT0S")
    }
}

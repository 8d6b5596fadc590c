import Model
import Testing

struct JSONTests {
    @Test(
        "What RFC 8259 allows is read and written back",
        arguments: [
            #"{"a":[1,-2,0.5,true,false,null,"é\n\"\\"],"b":{}}"#, "[]", "0", #""😀""#, "12345678901234",
        ])
    func roundTrip(text: String) throws {
        #expect(JSONWriter.text(of: try JSONParser.value(of: Array(text.utf8))) == text)
    }

    @Test("Escapes and surrogate pairs become characters")
    func escapes() throws {
        let value = try JSONParser.value(of: Array(#""\u0041\ud83d\ude00\/\t""#.utf8))
        #expect(value.string == "A😀/\t")
    }

    @Test(
        "A number with an empty fraction is an integer", arguments: [("4.0", Int64(4)), ("1e3", 1_000), ("-2.00", -2)])
    func wholeNumbers(text: String, number: Int64) throws {
        #expect(try JSONParser.value(of: Array(text.utf8)).integer == number)
    }

    @Test(
        "What is no JSON is refused with its place",
        arguments: [
            ("", 1, 1), ("{", 1, 2), (#"{"a":1,}"#, 1, 8), ("[1 2]", 1, 4), ("{\n  \"a\": tru\n}", 2, 8), ("01", 1, 1),
            ("1.", 1, 3), (#""\x""#, 1, 3), (#""\ud800""#, 1, 2), ("\"a\nb\"", 1, 3), ("nulls", 1, 5), ("+1", 1, 1),
            (#"{"a":1,"a":2}"#, 1, 8),
        ])
    func faults(text: String, line: Int, column: Int) {
        let fault = #expect(throws: JSONSyntaxError.self) { try JSONParser.value(of: Array(text.utf8)) }
        #expect(fault?.line == line && fault?.column == column)
    }

    @Test("Bytes that are not UTF-8 are refused")
    func notUTF8() {
        #expect(throws: JSONSyntaxError.self) { try JSONParser.value(of: [0x22, 0xFF, 0x22]) }
    }

    @Test("Nesting is bounded")
    func depth() throws {
        func nested(_ depth: Int) -> [UInt8] {
            Array((String(repeating: "[", count: depth) + String(repeating: "]", count: depth)).utf8)
        }
        _ = try JSONParser.value(of: nested(32))
        #expect(throws: JSONSyntaxError.self) { try JSONParser.value(of: nested(33)) }
    }
}

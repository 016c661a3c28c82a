import Testing

@testable import Plans

@Suite struct SpellingTests {
    @Test(arguments: [
        ("", "", 0), ("abc", "abc", 0), ("", "abc", 3), ("abc", "", 3), ("abc", "abd", 1), ("abc", "ab", 1),
        ("abc", "acb", 1), ("kitten", "sitting", 3), ("ca", "abc", 3)
    ])
    func distances(_ left: String, _ right: String, _ expected: Int) {
        #expect(Spelling.distance(Array(left), Array(right)) == expected)
        #expect(Spelling.distance(Array(right), Array(left)) == expected)
    }

    @Test(
        arguments: [
            ("engnie", "engine"), ("ring_slots", "ring-slots"), ("RING SLOTS", "ring-slots"), ("batches", "batch"),
            ("elephant", nil), ("", nil), ("x", nil)
        ] as [(String, String?)])
    func suggestions(_ word: String, _ expected: String?) {
        #expect(Spelling.suggestion(for: word, among: ["engine", "ring-slots", "batch"]) == expected)
    }

    @Test func endlessWordsAreNotCompared() {
        #expect(Spelling.suggestion(for: String(repeating: "engine", count: 100_000), among: ["engine"]) == nil)
    }
}

import Links
import Testing

@Suite struct VisibleTextTests {
    @Test(
        arguments: [
            ("veth0", "veth0"), ("größe→", "größe→"), ("", ""), ("z\u{1B}[31mR", "z\\x1b[31mR"), ("a\nb\tc\r", "a\\x0ab\\x09c\\x0d"),
            ("\u{7F}\u{9B}1m", "\\x7f\\x9b1m"), ("a\u{202E}b", "a\\u{202e}b"), ("\u{2028}\u{2066}", "\\u{2028}\\u{2066}"), ("\0", "\\x00"),
            ("\r\n", "\\x0d\\x0a"), ("👩‍👩‍👧", "👩‍👩‍👧")
        ])
    func controlCharactersAreWrittenOut(_ text: String, _ visible: String) {
        #expect(text.visible == visible)
        #expect(text.visible.visible == visible)
    }

    @Test func linesStayLines() {
        #expect("one\u{1B}\ntwo\n".visibleLines == "one\\x1b\ntwo\n")
    }
}

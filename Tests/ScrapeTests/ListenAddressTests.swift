import Testing

@testable import Scrape

@Suite struct ListenAddressTests {
    @Test(arguments: [
        ("9464", "127.0.0.1", 9464), ("0", "127.0.0.1", 0), ("localhost:80", "127.0.0.1", 80), ("0.0.0.0:65535", "0.0.0.0", 65535),
        ("192.0.2.1:9464", "192.0.2.1", 9464), ("[::1]:9464", "::1", 9464), ("[2001:db8::1]:1", "2001:db8::1", 1)
    ])
    func anAddressIsRead(_ text: String, _ host: String, _ port: UInt16) {
        let address = ListenAddress(text)
        #expect(address?.host == host && address?.port == port)
        // What is shown is read again.
        #expect(address.flatMap { ListenAddress("\($0)") } == address)
    }

    /// A bare colon would be every address of the machine for some tools.
    @Test(arguments: [
        "", ":", ":9464", "9464:", "65536", "-1", "+1", "0x10", " 9464", "9464 ", "host:1", "1.2.3:4", "1.2.3.4.5:6", "256.1.1.1:1",
        "1..2.3:4",
        "1.2.3.4:", "1.2.3.4:70000", "[::1]", "[::1]9464", "::1:9464", "[]:1", "[x::1]:1", "[1.2.3.4]:1", "[::1%lo]:1", "٩٤٦٤",
        "\u{1B}[2J:1"
    ])
    func everythingElseIsRefused(_ text: String) { #expect(ListenAddress(text) == nil) }
}

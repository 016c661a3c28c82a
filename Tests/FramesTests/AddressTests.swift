import Foundation
import Testing

@testable import Frames

@Suite struct AddressTests {
    @Test(arguments: [
        ("00:11:22:aa:BB:cc", 0x0011_22AA_BBCC as UInt64), ("02-00-00-00-00-01", 0x0200_0000_0001), ("ff:ff:ff:ff:ff:ff", 0xFFFF_FFFF_FFFF)
    ])
    func macAddressesAreRead(_ text: String, _ value: UInt64) {
        #expect(MACAddress(text)?.value == value)
    }

    @Test(arguments: [
        "", "00:11:22:33:44", "00:11:22:33:44:55:66", "0:11:22:33:44:55", "00:11:22:33:44:5g", "00-11:22:33:44:55", "00:11:22:33:44:+5"
    ])
    func whatIsNoMACAddressIsNil(_ text: String) {
        #expect(MACAddress(text) == nil)
    }

    @Test func macAddressesAreWrittenInLowerCase() {
        #expect(MACAddress(value: 0x0211_22AA_BBCC).description == "02:11:22:aa:bb:cc")
        #expect(MACAddress("01:00:5e:00:00:01")!.isMulticast)
        #expect(!MACAddress("02:00:5e:00:00:01")!.isMulticast)
    }

    @Test(arguments: [("198.18.0.1", 0xC612_0001 as UInt32), ("0.0.0.0", 0), ("255.255.255.255", .max)])
    func ipv4AddressesAreReadAndWritten(_ text: String, _ value: UInt32) {
        #expect(IPv4Address(text)?.value == value)
        #expect(IPv4Address(value: value).description == text)
    }

    @Test(arguments: ["", "1.2.3", "1.2.3.4.5", "256.1.1.1", "01.2.3.4", "1.2.3.a", "1.2.3.-4", "1..2.3"])
    func whatIsNoIPv4AddressIsNil(_ text: String) {
        #expect(IPv4Address(text) == nil)
    }

    /// RFC 4291 section 2.2 and RFC 5952 section 4.
    @Test(arguments: [
        ("2001:DB8:0:0:8:800:200C:417A", "2001:db8::8:800:200c:417a"), ("FF01:0:0:0:0:0:0:101", "ff01::101"), ("::1", "::1"),
        ("::", "::"), ("0:0:0:0:0:0:13.1.68.3", "::d01:4403"), ("::FFFF:129.144.52.38", "::ffff:8190:3426"),
        ("2001:db8:0:1:1:1:1:1", "2001:db8:0:1:1:1:1:1"), ("2001:0:0:1:0:0:0:1", "2001:0:0:1::1"), ("2001:2::1", "2001:2::1"),
        ("1::", "1::"), ("1:2:3:4:5:6:1.2.3.4", "1:2:3:4:5:6:102:304")
    ])
    func ipv6AddressesAreReadAndWrittenCanonically(_ text: String, _ canonical: String) {
        #expect(IPv6Address(text)?.description == canonical)
        #expect(IPv6Address(canonical)?.description == canonical)
    }

    @Test(arguments: [
        "", ":", ":::", "1::2::3", "1:2:3:4:5:6:7", "1:2:3:4:5:6:7:8:9", "12345::", "g::", "1:2:3:4:5:6:7::8:9", "::1.2.3", "1.2.3.4"
    ])
    func whatIsNoIPv6AddressIsNil(_ text: String) {
        #expect(IPv6Address(text) == nil)
    }

    @Test func addressesStandInFilesAsText() throws {
        let address = try #require(MACAddress("02:11:22:aa:bb:cc"))
        let data = try JSONEncoder().encode([address])
        #expect(String(decoding: data, as: UTF8.self) == "[\"02:11:22:aa:bb:cc\"]")
        #expect(try JSONDecoder().decode([MACAddress].self, from: data) == [address])
        #expect(throws: DecodingError.self) { try JSONDecoder().decode([MACAddress].self, from: Data("[\"x\"]".utf8)) }
    }
}

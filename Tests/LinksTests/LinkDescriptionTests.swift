import Kernel
import TestSupport
import Testing

@testable import Links

@Suite struct LinkDescriptionTests {
    /// RTM_NEWLINK with `attributes` behind its `struct ifinfomsg`.
    private func message(_ attributes: [UInt8], index: UInt8 = 7, flags: UInt8 = 0) -> [UInt8] {
        let length = UInt8(truncatingIfNeeded: 32 + attributes.count)
        return [length, UInt8((32 + attributes.count) >> 8), 0, 0, 16, 0] + [UInt8](repeating: 0, count: 10)
            + [0, 0, 1, 0, index, 0, 0, 0, flags, 0, 0, 0, 0, 0, 0, 0] + attributes
    }

    private func attribute(_ type: UInt8, _ value: [UInt8]) -> [UInt8] {
        [UInt8(4 + value.count), 0, type, 0] + value + [UInt8](repeating: 0, count: (4 - value.count % 4) % 4)
    }

    private let name: [UInt8] = Array("tun7".utf8) + [0]

    @Test func aTunnelThatIsBoundToNoLinkSaysNull() throws {
        // IFLA_IFNAME 3, IFLA_LINK 5
        let bytes = message(attribute(3, name) + attribute(5, [0, 0, 0, 0]))
        let description = try #require(LinkDescription(message: bytes, among: [:]))
        #expect(description.name == "tun7" && description.link == .null && description.linkIndex == nil)
        let without = try #require(LinkDescription(message: message(attribute(3, name)), among: [:]))
        #expect(without.link == nil && without.group == nil && without.xdp == nil && without.information == nil)
    }

    @Test func aLinkBelowThatIsDownIsMarked() throws {
        let below = try #require(Link(message: message(attribute(3, Array("low".utf8) + [0]), index: 3)))
        let bytes = message(attribute(3, name) + attribute(5, [3, 0, 0, 0]))
        let description = try #require(LinkDescription(message: bytes, among: [3: below]))
        #expect(description.link == .text("low") && description.flags.contains("M-DOWN"))
    }

    @Test func anythingMayStandInAMessage() {
        var random = SeededGenerator()
        for _ in 0..<5000 {
            var attributes = attribute(3, name)
            for _ in 0..<Int.random(in: 0...6, using: &random) {
                let count = Int.random(in: 0...40, using: &random)
                // IFLA_LINKINFO, IFLA_AF_SPEC, IFLA_XDP and IFLA_PROP_LIST hold attributes themselves.
                let type = [18, 26, 43, 52, UInt8.random(in: 0...70, using: &random)].randomElement(using: &random) ?? 0
                attributes += attribute(type, (0..<count).map { _ in UInt8.random(in: 0...255, using: &random) })
            }
            let whole = message(attributes)
            #expect(LinkDescription(message: whole, among: [:])?.name == "tun7")
            _ = LinkDescription(message: Array(whole.prefix(Int.random(in: 0...whole.count, using: &random))), among: [:])
        }
    }

    @Test func driversAttributesAreWrittenAsIpWritesThem() throws {
        let bytes =
            attribute(1, [3]) + attribute(17, [1, 0x80]) + attribute(14, [0x80, 0, 0xde, 1, 0x34, 0xc, 0, 0x8e])
            + attribute(21, [0x2d, 1, 0, 0, 0, 0, 0, 0]) + attribute(31, [0x05, 0x40])
        let values = DriverAttribute.values(NetlinkAttributes(bytes[...]), DriverAttribute.bridgePort)
        #expect(values["state"] == .text("forwarding") && values["id"] == .text("0x8001"))
        #expect(values["bridge_id"] == .text("8000.de:1:34:c:0:8e"))
        #expect(values["message_age_timer"] == .seconds(3.01))
        #expect(values["group_fwd_mask"] == .text("0x4005") && values["group_fwd_mask_str"] == .text("stp,lacp,lldp"))
        #expect(values.count == 6)
    }
}

import TestSupport
import Testing

@testable import Frames

@Suite struct FieldCatalogueTests {
    /// No field is shown that can't be asked for, and none can be asked for that is never shown.
    @Test func theCatalogueIsWhatTheLayersShow() throws {
        var stacks = RandomStack()
        var shown: Set<String> = []
        func look(_ bytes: [UInt8]) {
            for layer in FrameDecoder.decode(bytes).layers { shown.formUnion(layer.fields.map(\.name) + [layer.kind.filterName]) }
        }
        for _ in 0..<5_000 { look(FrameStack.build(stacks.next())) }
        // What random stacks don't make: lengths behind tags, another organisation, other addresses, rarer ICMP.
        let ethernet = EthernetLayer(destination: .broadcast, source: .broadcast)
        look(
            FrameStack.build([ethernet, VLANLayer(.customerTag, identifier: 1), LLCLayer(point: LLCLayer.snap), SNAPLayer(organisation: 1)])
        )
        look(FrameStack.build([ethernet, VLANLayer(.serviceTag, identifier: 1), LLCLayer(point: LLCLayer.stp)]))
        var arp = ARPLayer(
            sender: .broadcast, senderAddress: IPv4Address(value: 1), target: .broadcast, targetAddress: IPv4Address(value: 1))
        (arp.hardwareType, arp.protocolType) = (6, 0x8137)
        look(FrameStack.build([ethernet, arp]))
        let ip = IPv4Layer(source: IPv4Address(value: 1), destination: IPv4Address(value: 2))
        look(FrameStack.build([ethernet, ip, ICMPLayer(type: ICMPLayer.redirect, rest: 1)]))
        let ip6 = IPv6Layer(source: IPv6Address(high: 1, low: 1), destination: IPv6Address(high: 1, low: 2))
        look(FrameStack.build([ethernet, ip6, ICMPv6Layer(type: ICMPv6Layer.packetTooBig, rest: 1_280), ip6]))
        #expect(shown == Set(FieldCatalogue.names), "\(shown.symmetricDifference(FieldCatalogue.names).sorted())")
    }
}

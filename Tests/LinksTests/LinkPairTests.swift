import Frames
import Kernel
import TestSupport
import Testing

@testable import Links

@Suite(.enabled(if: KernelAccess.isGranted)) struct LinkPairTests {
    @Test func aPrivatePairIsUpAndItsEndsKnowEachOther() throws {
        var settings = LinkSettings()
        settings.mtuBytes = 9000
        settings.channels = LinkChannels(transmit: 2, receive: 3)
        let pair = try LinkPair.makePrivate(settings)
        for end in [pair.transmit, pair.receive] {
            let link = try end.current()
            #expect(link.kind == "veth")
            #expect(link.isUp && link.hasCarrier && link.isEthernet)
            #expect(link.mtuBytes == 9000)
            #expect(link.transmitQueues == 2 && link.receiveQueues == 3)
            #expect(link.queueingDiscipline == "noqueue")
        }
        #expect(pair.isDirect)
        #expect(pair.transmit.namespace.identity != pair.receive.namespace.identity)
        #expect(pair.transmit.link.address == LinkPair.nearAddress)
        #expect(pair.receive.link.address == LinkPair.farAddress)
    }

    @Test func endsOfTwoPairsAreNotDirect() throws {
        let one = try LinkPair.makePrivate(LinkSettings())
        let two = try LinkPair.makePrivate(LinkSettings())
        let crossed = try LinkPair.open(transmit: one.transmit, receive: two.receive, LinkSettings())
        #expect(!crossed.isDirect)
    }

    @Test func aPairInOneNamespaceIsDirectToo() throws {
        let namespace = try NetworkNamespace.makePrivate(name: "one")
        let table = try LinkTable(in: namespace)
        func end(_ name: String, _ last: UInt64) -> VethEnd {
            VethEnd(
                name: name, mtuBytes: 1500, transmitQueues: 1, receiveQueues: 1,
                address: MACAddress(value: 0x02_00_00_00_00_00 + last))
        }
        try table.makeVethPair(end("a", 1), end("b", 2), in: namespace)
        let pair = try LinkPair.open(
            transmit: LinkEnd(named: "a", in: namespace), receive: LinkEnd(named: "b", in: namespace), LinkSettings())
        #expect(pair.isDirect)
    }

    @Test func borrowedLinksAreGivenBackAsTheyWere() throws {
        let owner = try LinkPair.makePrivate(LinkSettings())
        let before = try owner.transmit.current()
        let features = try #require(owner.transmit.ethtool).features(of: before)
        var settings = LinkSettings()
        settings.mtuBytes = 4000
        settings.transmitAddress = MACAddress(value: 0x02_11_22_33_44_55)
        settings.transmitFeatures = ["tx-checksum-ip-generic": false]
        let pair = try LinkPair.open(transmit: owner.transmit, receive: owner.receive, settings)
        let during = try pair.transmit.current()
        #expect(during.mtuBytes == 4000)
        #expect(during.address == settings.transmitAddress)
        #expect(try pair.transmit.ethtool?.features(of: before)["tx-checksum-ip-generic"] == false)
        #expect(pair.restore().isEmpty)
        let after = try pair.transmit.current()
        #expect(after.mtuBytes == before.mtuBytes)
        #expect(after.address == before.address)
        #expect(try pair.transmit.ethtool?.features(of: before) == features)
        #expect(try pair.receive.current().mtuBytes == before.mtuBytes)
    }

    @Test func whatTheKernelRefusesIsUndoneAndNamed() throws {
        let owner = try LinkPair.makePrivate(LinkSettings())
        var settings = LinkSettings()
        settings.mtuBytes = 4000
        settings.channels = LinkChannels(transmit: 64, receive: 64)
        #expect(throws: LinkError.self) {
            try LinkPair.open(transmit: owner.transmit, receive: owner.receive, settings)
        }
        #expect(try owner.transmit.current().mtuBytes == 1500)
    }

    @Test func aLinkThatIsNotThereIsNamed() throws {
        let namespace = try NetworkNamespace.makePrivate(name: "empty")
        #expect(throws: LinkError.noSuchLink(name: "nobody", namespace: "empty")) {
            try LinkTable(in: namespace).link(named: "nobody")
        }
    }

    @Test func statisticsNameThePeer() throws {
        let pair = try LinkPair.makePrivate(LinkSettings())
        let statistics = try #require(pair.transmit.ethtool).statistics(of: pair.transmit.link.name)
        #expect(statistics["peer_ifindex"] == UInt64(pair.receive.link.index))
    }

    @Test func theWatchSeesAnEndGoDownAndThePairDeleted() throws {
        let pair = try LinkPair.makePrivate(LinkSettings())
        let near = try LinkWatch(pair.transmit)
        let far = try LinkWatch(pair.receive)
        #expect(near.event() == nil && far.event() == nil)
        try pair.receive.table.set(pair.receive.link.index, LinkChanges(up: false))
        #expect(far.event() == .down)
        // The kernel tells of a carrier with up to a second's delay (linkwatch).
        #expect(eventually { near.event() == .noCarrier })
        try pair.receive.table.delete(pair.receive.link.index)
        #expect(eventually { near.event() == .deleted })
    }

    @Test func aPrivateNamespaceHasNoDefaultRoute() throws {
        #expect(try LinkTable(in: NetworkNamespace.makePrivate(name: "quiet")).defaultRouteLinks().isEmpty)
    }
}

/// Whether something comes true within three seconds.
private func eventually(_ condition: () -> Bool) -> Bool {
    let deadline = Clock.monotonicNanoseconds + 3_000_000_000
    while Clock.monotonicNanoseconds < deadline {
        if condition() { return true }
        Clock.sleep(nanoseconds: 10_000_000)
    }
    return false
}

@Suite struct FeatureNameTests {
    @Test func theOldNameOfTSOStandsForAllItsKinds() {
        let known = ["tx-tcp-segmentation", "tx-tcp6-segmentation", "tx-tcp-accecn-segmentation", "tx-udp-segmentation", "rx-gro"]
        #expect(
            EthtoolTable.expanded(["tcp-segmentation-offload": false, "rx-gro": true], known: known)
                == ["tx-tcp-segmentation": false, "tx-tcp6-segmentation": false, "tx-tcp-accecn-segmentation": false, "rx-gro": true])
        #expect(EthtoolTable.expanded(["rx-gro": true], known: known) == ["rx-gro": true])
    }
}

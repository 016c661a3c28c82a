import Testing

@testable import Links

@Suite struct LinkWordsTests {
    @Test func aQueuesCountersAreFoundByTheirNames() throws {
        let place = try #require(LinkQueues.place(of: "rx_queue_12_xdp_tx_errors"))
        #expect(place.isReceive && place.queue == 12 && place.counter == "xdp_tx_errors")
        #expect(LinkQueues.place(of: "tx_queue_0_xdp_xmit")?.isReceive == false)
        for name in ["peer_ifindex", "rx_queue_x_drops", "rx_queue_0", "rx_queue_70000_drops", "rx_pp_alloc_fast", "", "___"] {
            #expect(LinkQueues.place(of: name) == nil, "\(name)")
        }
        var queues = LinkQueues()
        queues.add(["tx_queue_1_xdp_xmit": 7, "peer_ifindex": 3])
        #expect(queues.receive.isEmpty)
        #expect(queues.transmit.map(\.number) == [0, 1] && queues.transmit[1].counters == ["xdp_xmit": 7])
    }

    @Test func oldFeatureNamesStandBeforeTheirMembers() {
        func feature(_ name: String, _ isOn: Bool, fixed: Bool = false) -> LinkFeature {
            LinkFeature(name: name, isOn: isOn, isFixed: fixed)
        }
        let listing = FeatureGroup.listing([
            feature("highdma", true), feature("rx-gro", false), feature("tx-tcp-segmentation", false, fixed: true),
            feature("tx-tcp6-segmentation", true)
        ])
        #expect(
            listing == [
                feature("tcp-segmentation-offload", true), feature("tx-tcp-segmentation", false, fixed: true),
                feature("tx-tcp6-segmentation", true), feature("generic-receive-offload", false), feature("highdma", true)
            ])
    }

    @Test func everyShortNameOfEthtoolIsKnown() {
        for (short, name) in [("gro", "rx-gro"), ("rx", "rx-checksum"), ("gso", "tx-generic-segmentation"), ("lro", "rx-lro")] {
            #expect(
                EthtoolTable.expanded([short: true], known: ["rx-gro", "rx-checksum", "tx-generic-segmentation", "rx-lro"]) == [name: true])
        }
    }
}

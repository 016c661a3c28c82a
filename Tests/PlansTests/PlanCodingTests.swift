import Foundation
import Frames
import Metrics
import Testing
import Traffic

@testable import Plans

@Suite struct PlanCodingTests {
    private func fullDraft() throws -> PlanDraft {
        var draft = PlanDraft()
        draft.link.transmit = InterfaceReference("a0")
        draft.link.receive = InterfaceReference("b0@lab")
        draft.link.transmitAddress = MACAddress("02:00:00:00:00:01")
        draft.frame.sourceAddress = MACAddress("02:00:00:00:00:0a")
        draft.frame.destinationIPv4 = IPv4Address("192.0.2.7")
        draft.frame.sizes = FrameSizes("128,512")
        draft.load.rate = try RateRequest(parsing: "23%")
        draft.load.lineRate = try BitRate(parsing: "10gbps")
        draft.load.frameCount = 1_000_000
        draft.transmit.cpus = [0]
        return draft
    }

    private func json(_ plan: TrialPlan) throws -> [String: [String: Any]] {
        let object = try JSONSerialization.jsonObject(with: JSONEncoder().encode(plan))
        return try #require(object as? [String: [String: Any]])
    }

    @Test func aPlanReadsBackTheSame() throws {
        for draft in [PlanDraft(), try fullDraft()] {
            let plan = try TrialPlan(draft, limits: PlanLimits())
            #expect(try JSONDecoder().decode(TrialPlan.self, from: JSONEncoder().encode(plan)) == plan)
        }
    }

    @Test func valuesAreWrittenAsUsersWriteThem() throws {
        let plan = try json(TrialPlan(try fullDraft(), limits: PlanLimits()))
        #expect(plan["link"]?["transmit"] as? String == "a0")
        #expect(plan["link"]?["receive"] as? String == "b0@lab")
        #expect(plan["link"]?["transmitAddress"] as? String == "02:00:00:00:00:01")
        #expect(plan["frame"]?["sourceAddress"] as? String == "02:00:00:00:00:0a")
        #expect(plan["frame"]?["destinationIPv4"] as? String == "192.0.2.7")
        #expect(plan["frame"]?["sourceIPv6"] as? String == "2001:2::1")
        #expect(plan["load"]?["rate"] as? String == "23%")
        #expect(plan["load"]?["lineRate"] as? String == "10gbps")
        // 2.3 Gb/s of layer 1 in frames of 320 bytes on average and 20 more on the wire.
        let packetRate = try RateRequest(parsing: try #require(plan["load"]?["packetRate"] as? String))
        #expect(packetRate == .packets(PacketRate(packetsPerSecond: 2.3e9 / (340 * 8))))
        #expect(plan["transmit"]?["engine"] as? String == "ring")
    }

    @Test(arguments: ["", "a0@", "a/b", "a b", String(repeating: "n", count: 128)])
    func aWrongInterfaceIsNotRead(_ text: String) throws {
        let data = try JSONEncoder().encode([text])
        #expect(throws: DecodingError.self) { try JSONDecoder().decode([InterfaceReference].self, from: data) }
    }
}

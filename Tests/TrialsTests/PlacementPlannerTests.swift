import Foundation
import Kernel
import Testing

@testable import Plans
@testable import Results
@testable import Trials

/// Machines as their /sys describes them.
enum Machines {
    /// - Parameter smtOffset: siblings are numbered n and n + offset; nil without SMT.
    static func make(nodes: Int, coresPerNode: Int, smt: Bool, allowed: [Int]? = nil, isolated: [Int] = []) -> Topology {
        let cores = nodes * coresPerNode
        let cpus = (0..<(smt ? 2 * cores : cores)).map { number in
            Topology.CPU(
                number: number, node: number % cores / coresPerNode, package: number % cores / coresPerNode, core: number % coresPerNode)
        }
        return Topology(
            cpus: cpus, nodes: Array(0..<nodes), allowedCPUs: allowed ?? cpus.map(\.number), isolatedCPUs: isolated)
    }

    static let small = make(nodes: 1, coresPerNode: 2, smt: false)
    static let single = make(nodes: 1, coresPerNode: 1, smt: false)
    static let desktop = make(nodes: 1, coresPerNode: 4, smt: true)
    static let twoNodes = make(nodes: 2, coresPerNode: 8, smt: true)
    static let fourNodes = make(nodes: 4, coresPerNode: 8, smt: false)
    static let container = make(nodes: 2, coresPerNode: 32, smt: false, allowed: [5, 6, 40])
    static let isolating = make(nodes: 1, coresPerNode: 8, smt: false, isolated: [4, 5, 6, 7])
    static let all = [small, single, desktop, twoNodes, fourNodes, container, isolating]
}

@Suite struct PlacementPlannerTests {
    private func plan(_ transmitters: Int, _ receivers: Int, _ topology: Topology) throws -> (Placement, [String]) {
        let outcome = try PlacementPlanner.plan(
            transmitters: transmitters, receivers: receivers, request: CPURequest(transmit: nil, receive: nil), on: topology)
        return (outcome.placement, outcome.warnings.map(\.code))
    }

    @Test func twoCPUsAndOneWorkerEachAreNotShared() throws {
        let (placement, warnings) = try plan(1, 1, Machines.small)
        #expect(placement.transmit[0].cpu != placement.receive[0].cpu)
        #expect(warnings.isEmpty)
    }

    @Test func twoSendersOnTwoCPUsShareWithTheReceivers() throws {
        let (placement, warnings) = try plan(2, 2, Machines.small)
        #expect(Set(placement.transmit.map(\.cpu)) == [0, 1])
        #expect(Set(placement.receive.map(\.cpu)) == [0, 1])
        #expect(warnings == ["shared-cpu"])
    }

    @Test func moreSendersThanCPUsAreDealtOutEvenlyWithAWarning() throws {
        let (placement, warnings) = try plan(7, 1, Machines.small)
        #expect(placement.transmit.filter { $0.cpu == 0 }.count == 4 || placement.transmit.filter { $0.cpu == 0 }.count == 3)
        #expect(warnings == ["workers-outnumber-cpus"])
    }

    @Test func oneCPUIsSharedByAll() throws {
        let (placement, warnings) = try plan(1, 1, Machines.single)
        #expect(placement.transmit[0].cpu == 0 && placement.receive[0].cpu == 0)
        #expect(warnings == ["shared-cpu"])
    }

    @Test func siblingsAreTheLastResort() throws {
        let (placement, _) = try plan(2, 2, Machines.desktop)
        let cores = (placement.transmit + placement.receive).map { $0.cpu % 4 }
        #expect(Set(cores).count == 4)
    }

    @Test func workersStayOnOneNodeWhileTheyFit() throws {
        let (placement, _) = try plan(3, 3, Machines.twoNodes)
        #expect(Set((placement.transmit + placement.receive).map(\.node)).count == 1)
        let (wide, _) = try plan(12, 4, Machines.twoNodes)
        #expect(Set(wide.transmit.map(\.node)) == [0, 1])
        // No sender shares a core while another core is free.
        #expect(Set(wide.transmit.map { $0.cpu % 16 }).count == 12)
    }

    @Test func receiversSitOnTheirSendersNode() throws {
        let (placement, _) = try plan(12, 12, Machines.fourNodes)
        for (sender, receiver) in zip(placement.transmit, placement.receive) where sender.node == 0 {
            #expect(receiver.node == 0 || placement.transmit.filter { $0.node == 0 }.count == 8)
        }
    }

    @Test func onlyWhatTheCgroupAllowsIsUsed() throws {
        let (placement, _) = try plan(2, 1, Machines.container)
        #expect(Set((placement.transmit + placement.receive).map(\.cpu)) == [5, 6, 40])
        #expect(placement.transmit.map(\.cpu) == [5, 6])
        #expect(placement.receive[0].node == 1)
    }

    @Test func isolatedCPUsAreLeftToTheirOwner() throws {
        let (placement, _) = try plan(3, 1, Machines.isolating)
        #expect((placement.transmit + placement.receive).allSatisfy { $0.cpu < 4 })
        let only = Machines.make(nodes: 1, coresPerNode: 8, smt: false, allowed: [6, 7], isolated: [6, 7])
        #expect(try plan(1, 1, only).0.transmit[0].cpu >= 6)
    }

    @Test func whatWasAskedForIsTaken() throws {
        let request = try CPURequest(parsing: ["tx=3,1", "rx=0"])
        let outcome = try PlacementPlanner.plan(transmitters: 2, receivers: 1, request: request, on: Machines.desktop)
        #expect(outcome.placement.transmit.map(\.cpu) == [3, 1])
        #expect(outcome.placement.receive.map(\.cpu) == [0])
        let half = try PlacementPlanner.plan(
            transmitters: 1, receivers: 1, request: try CPURequest(parsing: ["rx=0"]), on: Machines.small)
        #expect(half.placement.transmit.map(\.cpu) == [1])
    }

    @Test func whatCanNotBeHadIsNamed() throws {
        #expect(throws: PlacementError.notPresent(cpu: 9, online: [0, 1])) {
            try PlacementPlanner.plan(
                transmitters: 1, receivers: 1, request: CPURequest(transmit: [9], receive: nil), on: Machines.small)
        }
        #expect(throws: PlacementError.notAllowed(cpu: 0, allowed: [5, 6, 40])) {
            try PlacementPlanner.plan(
                transmitters: 1, receivers: 1, request: CPURequest(transmit: nil, receive: [0]), on: Machines.container)
        }
    }

    @Test(arguments: ["", "tx", "tx=", "tx=a", "tx=1 tx=2", "left=1", "1,2", "tx=2-1"])
    func whatIsNoRequestIsAnError(_ text: String) {
        #expect(throws: PlanError.self) { try CPURequest(parsing: [text]) }
    }

    /// On any machine with any crew: only allowed CPUs, and none twice while another is free.
    @Test func noCPUIsTakenTwiceWhileAnotherIsFree() throws {
        for topology in Machines.all {
            for transmitters in 1...20 {
                for receivers in [0, 1, 5] {
                    let (placement, _) = try plan(transmitters, receivers, topology)
                    let taken = (placement.transmit + placement.receive).map(\.cpu)
                    let usable = topology.allowedCPUs.filter { !topology.isolatedCPUs.contains($0) }
                    #expect(taken.allSatisfy(usable.contains))
                    #expect(Set(taken).count == min(taken.count, usable.count))
                    for seat in placement.transmit { #expect(seat.node == topology.cpu(seat.cpu)?.node) }
                    #expect(try plan(transmitters, receivers, topology).0 == placement)
                }
            }
        }
    }
}

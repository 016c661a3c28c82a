import Foundation
import Kernel
import Metrics
import TestSupport
import Testing
import Traffic

@testable import Methods
@testable import Plans
@testable import Results
@testable import Trials

/// A folder that goes with the test.
private final class CacheFolder {
    let path: String

    init() throws { path = try SafeFile.makeTemporaryFolder("placements") }

    deinit { SafeFile.removeFolder(path) }

    func file(_ name: String, _ text: String) throws -> String {
        try SafeFile.write(text, to: "\(path)/\(name)")
        return "\(path)/\(name)"
    }
}

/// The placement that is best on a machine: what trials are made, what is chosen by them, and what is kept of it.
@Suite(.serialized) struct PlacementTests {
    private static let machine = PlacementCache.Machine(cpuModel: "Some CPU", kernelRelease: "6.18", cpus: [0, 1])

    private func plan(_ change: (inout PlanDraft) -> Void = { _ in }) throws -> TrialPlan {
        var draft = PlanDraft()
        draft.link.placement = .best
        change(&draft)
        return try TrialPlan(draft, limits: PlanLimits(cpuCount: 2))
    }

    private func trials(_ candidates: [PlacementName: (pps: [Double], faulty: UInt64)], isTrusted: Bool = true) -> PlacementTrials {
        PlacementTrials(
            candidates: PlacementName.candidates.compactMap { name in
                candidates[name].map { .init(placement: name, rxPps: $0.pps, sent: 1_000_000, faulty: $0.faulty) }
            }, startedAt: "2026-11-29T10:00:00Z", isTrusted: isTrusted)
    }

    @Test func theFastestOfThoseThatLoseNothingIsTaken() throws {
        typealias Table = [PlacementName: (pps: [Double], faulty: UInt64)]
        let kernel: (pps: [Double], faulty: UInt64) = ([1e6, 0.9e6, 1.1e6], 0)
        let cases: [(Table, PlacementName)] = [
            ([.auto: kernel], .auto),
            ([.auto: kernel, .sameCore: ([1.04e6], 0)], .auto),
            ([.auto: kernel, .sameCore: ([1.05e6], 0)], .sameCore),
            ([.auto: kernel, .splitSoftirq: ([1.4e6], 0), .napiThread: ([1.2e6], 0)], .splitSoftirq),
            ([.auto: kernel, .splitSoftirq: ([1.4e6], 0), .napiThread: ([1.4e6], 0)], .splitSoftirq),
            ([.auto: kernel, .splitSoftirq: ([1.4e6], 0), .napiThread: ([1.41e6], 0)], .napiThread),
            // Whoever has two speeds is as fast as it is in the mean.
            ([.auto: kernel, .splitSoftirq: ([1.5e6, 0.7e6, 1.5e6], 0), .napiThread: ([1.3e6, 1.3e6, 1.2e6], 0)], .napiThread),
            // One frame in 100,000 is let pass, and not one more.
            ([.auto: kernel, .splitSoftirq: ([1.4e6], 10), .napiThread: ([1.2e6], 0)], .splitSoftirq),
            ([.auto: kernel, .splitSoftirq: ([1.4e6], 11), .napiThread: ([1.2e6], 0)], .napiThread),
            ([.auto: kernel, .splitSoftirq: ([1.4e6], 700), .napiThread: ([2.6e6], 400_000)], .auto),
            ([.auto: kernel, .napiThread: ([0.7e6, 1.5e6, 0.8e6], 0)], .auto),
            ([.splitSoftirq: ([1.4e6], 0)], .auto), ([:], .auto)
        ]
        for (table, choice) in cases { #expect(trials(table).choice == choice, "\(table)") }
        let fast: Table = [.auto: kernel, .napiThread: ([2e6], 0)]
        #expect(trials(fast).choice == .napiThread && trials(fast, isTrusted: false).choice == .auto)
        var barred = trials(fast)
        barred.candidates[1].obstacle = "it needs root"
        #expect(barred.choice == .auto)
    }

    /// Half as fast for as long as the host has the CPUs elsewhere: no word about the placement.
    @Test func roundsInWhichTheCPUsWereElsewhereDontCount() {
        func chosen(_ split: [(pps: Double, latency: Double)], _ napi: [(pps: Double, latency: Double)]) -> PlacementName {
            var found = trials([
                .auto: ([1e6, 1e6], 0), .splitSoftirq: (split.map { $0.pps * 1e6 }, 0), .napiThread: (napi.map { $0.pps * 1e6 }, 0)
            ])
            found.candidates[0].coreLatencyNanoseconds = [0, 0]
            found.candidates[1].coreLatencyNanoseconds = split.map(\.latency)
            found.candidates[2].coreLatencyNanoseconds = napi.map(\.latency)
            return found.choice
        }
        let near: [(pps: Double, latency: Double)] = [(1.3, 41), (1.3, 44), (1.2, 39)]
        #expect(chosen(near, [(1.5, 42), (0.8, 165), (0.7, 170)]) == .napiThread)
        #expect(chosen(near, [(1.5, 42), (0.8, 45), (0.7, 44)]) == .splitSoftirq, "it has two speeds of its own")
        #expect(chosen(near, [(1.6, 89), (1.6, 43), (0.7, 44)]) == .splitSoftirq, "twice as far is elsewhere")
        #expect(chosen(near, [(1.6, 87), (1.6, 43), (0.7, 44)]) == .napiThread)
        // Far as a rule: what is nearer is the exception.
        #expect(chosen([(0.6, 160), (1.9, 40), (0.6, 170)], [(0.8, 165), (0.8, 165), (0.8, 160)]) == .auto)
        #expect(chosen([(1.2, 160), (1.9, 40), (1.2, 170)], [(1.4, 165), (1.4, 165), (1.4, 160)]) == .napiThread)
        // Who was never where the others were is judged by what there is, and so is who was never measured.
        #expect(chosen(near, [(1.4, 165), (1.4, 165)]) == .napiThread)
        #expect(chosen(near, [(1.4, 0), (1.2, 0)]) == .napiThread)
    }

    @Test func theFartherEndOfATrialIsKept() {
        var candidate = PlacementTrials.Candidate(placement: .napiThread)
        func add(_ before: Double?, _ after: Double?) {
            candidate.add(
                sampleTrial {
                    $0.evidence.coreDistance = [
                        .init(
                            fromCPU: 0, toCPU: 1, before: before.map { .init(latencyNanoseconds: $0, slowdownRatio: 1) },
                            after: after.map { .init(latencyNanoseconds: $0, slowdownRatio: 1) })
                    ]
                })
        }
        add(40, 165)
        add(170, nil)
        add(nil, nil)
        candidate.add(sampleTrial())
        #expect(candidate.coreLatencyNanoseconds == [165, 170, 0, 0] && candidate.rxPps.count == 4 && candidate.sent == 4_000_000)
    }

    /// What was kept before distances were known counts as ever.
    @Test func trialsOfBeforeAreReadAsWell() throws {
        let text = """
            {"candidates":[{"placement":"auto","rxPps":[1000000],"sent":1,"faulty":0,"isStruck":false},
             {"placement":"napi-thread","rxPps":[1500000],"sent":1,"faulty":0,"isStruck":false}],"startedAt":"2026-11-29T10:00:00Z","isTrusted":true}
            """
        var known = try JSONDecoder().decode(PlacementTrials.self, from: Data(text.utf8))
        #expect(known.choice == .napiThread)
        known.candidates[1].add(sampleTrial { $0.rates.rxPps = 100_000 })
        #expect(known.candidates[1].coreLatencyNanoseconds == [0, 0] && known.choice == .auto)
    }

    @Test func theTwoThatAreAheadGoOn() {
        var found = trials([.auto: ([1e6], 0), .sameCore: ([1e6], 0), .splitSoftirq: ([1.5e6], 11), .napiThread: ([1.2e6], 0)])
        #expect(found.ahead(2) == [0, 3])
        found.candidates[3].obstacle = "it needs root"
        #expect(found.ahead(2) == [0, 1] && found.ahead(9) == [0, 1])
        found.candidates[1].rxPps = [0.9e6, 1.3e6]
        #expect(found.ahead(1) == [1])
    }

    @Test func whatWasFoundIsTold() {
        var found = trials([.auto: ([1e6], 0), .sameCore: ([0.9e6], 0), .splitSoftirq: ([1.5e6], 5_000), .napiThread: ([1.2e6], 0)])
        #expect(
            found.words == "by trials on this machine, of 2026-11-29, against inline: same-core 0.9 ×, "
                + "split-softirq 1.5 × with \(FigureText.percent(0.005)) lost or doubled, napi-thread 1.2 ×")
        found.candidates[1].obstacle = "it needs root"
        found.candidates[3].isStruck = true
        #expect(found.words.contains("same-core can't be had, ") && found.words.hasSuffix("napi-thread 1.2 × but lossy in a longer run"))
        found.isTrusted = false
        #expect(found.words.hasPrefix("trials of the others could not be trusted"))
    }

    /// Each has its turn in two rounds, and the two that are ahead in three more, forwards and backwards, at full speed whatever the plan's load is.
    @Test func trialsAreShortAndInTurns() throws {
        let plan = try plan {
            $0.load.rate = .packets(PacketRate(packetsPerSecond: 10_000))
            $0.load.frameCount = 7
            $0.run.repeats = 5
            $0.run.label = "mine"
        }
        var order: [PlacementName] = []
        let found = try PlacementCalibration(plan: plan, startedAt: "now").measure { trial in
            let placement = try #require(trial.link.placement)
            order.append(placement)
            #expect(trial.load.packetRate == nil && trial.load.frameCount == nil && trial.run.repeats == 1 && trial.run.label == nil)
            #expect(trial.load.durationNanoseconds == 80_000_000 && trial.transmit == plan.transmit)
            // The ring of whoever asks for it by name.
            #expect(trial.receive.blocks == (placement == .auto ? 64 : 512))
            // Set up once, it is refused for good.
            if placement == .splitSoftirq { throw PlacementError.noCPULeft(placement: placement) }
            return try sampleRun(plan: trial) {
                $0.trials[0].rates.rxPps = placement == .napiThread ? 2e6 : 1e6
                $0.trials[0].ledger.received -= placement == .sameCore ? 3 : 0
                $0.trials[0].ledger.duplicates = placement == .sameCore ? 4 : 0
            }
        }
        let forwards: [PlacementName] = [.auto, .sameCore, .splitSoftirq, .napiThread],
            rest: [PlacementName] = [.auto, .sameCore, .napiThread], ahead: [PlacementName] = [.auto, .napiThread]
        #expect(order == forwards + rest.reversed() + ahead + ahead.reversed() + ahead)
        #expect(found.candidates.map(\.placement) == forwards && found.candidates.map(\.rxPps.count) == [5, 2, 0, 5])
        #expect(found.candidates[1].faulty == 14 && found.candidates[1].sent == 2_000_000 && found.candidates[2].obstacle != nil)
        #expect(found.isTrusted && found.choice == .napiThread)
    }

    @Test func whatCanNotBeTrustedSaysNothing() throws {
        func found(_ change: @escaping (inout RunResult) -> Void) throws -> PlacementTrials {
            try PlacementCalibration(plan: plan(), startedAt: "now").measure { try sampleRun(plan: $0, change) }
        }
        #expect(try found { _ in }.isTrusted)
        #expect(try !found { $0.trusted = false }.isTrusted)
        // Once is no reason yet, and after twice there is no need for more.
        for (bad, made) in [([4], 15), ([4, 5], 6), ([0, 1], 2)] {
            var count = 0
            let trials = try PlacementCalibration(plan: plan(), startedAt: "now").measure { trial in
                defer { count += 1 }
                return try sampleRun(plan: trial) { $0.trusted = !bad.contains(count) }
            }
            #expect(count == made && trials.isTrusted == (made == 15), "\(bad)")
        }
        #expect(try !found { $0.trials[0].endedBecause = .interrupted }.isTrusted)
        // Without the kernel's own there is nothing to compare with.
        #expect(throws: PlacementError.self) {
            try PlacementCalibration(plan: plan(), startedAt: "now").measure { _ in throw PlacementError.noCPULeft(placement: .auto) }
        }
    }

    /// A run that lost frames by the choice bars it from then on; one by the kernel's own has nothing to teach.
    @Test(arguments: [(UInt64(10), false), (11, true), (400_000, true)])
    func aLossyRunIsALesson(_ lost: UInt64, _ isLesson: Bool) throws {
        func lesson(_ placement: PlacementName) throws -> (Warning?, PlacementName) {
            var known = trials([.auto: ([1e6], 0), .napiThread: ([2e6], 0)])
            var run = try sampleRun(plan: plan())
            run.plan.link.placement = placement
            (run.trials[0].ledger.sent, run.trials[0].ledger.received) = (1_000_000, 1_000_000 - lost)
            run.trials[0].ledger.linkDropped = lost
            let warning = known.learn(from: run)
            return (warning, known.choice)
        }
        let (warning, choice) = try lesson(.napiThread)
        #expect((warning?.code == "placement-lossy") == isLesson && choice == (isLesson ? .auto : .napiThread))
        let own = try lesson(.auto)
        #expect(own.0 == nil && own.1 == .napiThread)
    }

    // MARK: what is kept

    @Test func whatWasFoundIsKeptByMachineAndLoad() throws {
        let folder = try CacheFolder()
        let path = folder.path + "/below/placements.json"
        let found = trials([.auto: ([1e6], 0), .napiThread: ([2e6], 0)])
        let first = PlacementCache(path: path)
        #expect(try first.trials(of: plan(), on: Self.machine) == nil)
        first.keep(found, of: try plan(), on: Self.machine)
        let second = PlacementCache(path: path)
        #expect(try second.trials(of: plan(), on: Self.machine) == found && second.takeProblems().isEmpty)
        // How much is sent when, and what it is called, is no other load.
        #expect(
            try second.trials(
                of: plan {
                    $0.load.durationNanoseconds = 9_000_000
                    $0.run.label = "x"
                    $0.run.repeats = 3
                    $0.run.intervalNanoseconds = 20_000_000
                }, on: Self.machine) == found)
        let others: [(inout PlanDraft) -> Void] = [
            { $0.frame.sizes = FrameSizes(sizeBytes: 1518) }, { $0.transmit.engine = .ring }, { $0.transmit.workers = 2 },
            { $0.link.mtuBytes = 9000 }, { $0.receive.blocks = 512 }
        ]
        for change in others { #expect(try second.trials(of: plan(change), on: Self.machine) == nil) }
        for change: (inout PlacementCache.Machine) -> Void in [{ $0.cpuModel = "x" }, { $0.kernelRelease = "x" }, { $0.cpus = [0] }] {
            var other = Self.machine
            change(&other)
            #expect(try second.trials(of: plan(), on: other) == nil)
        }
        // The newest takes the place of what was there.
        let slow = trials([.auto: ([1e6], 0)])
        second.keep(slow, of: try plan(), on: Self.machine)
        #expect(try PlacementCache(path: path).trials(of: plan(), on: Self.machine) == slow)
    }

    @Test(arguments: [
        "", "{", "[]", #"{"schema": "vethmark.placements/9", "entries": []}"#, #"{"schema": "vethmark.placements/1"}"#, "\u{0}\u{FFFD}"
    ])
    func aBrokenFileIsToldAndWrittenAnew(_ text: String) throws {
        let folder = try CacheFolder()
        let path = try folder.file("placements.json", text)
        let cache = PlacementCache(path: path)
        #expect(try cache.trials(of: plan(), on: Self.machine) == nil)
        #expect(cache.takeProblems().map(\.code) == ["calibration-unreadable"] && cache.takeProblems().isEmpty)
        let found = trials([.auto: ([1e6], 0)])
        cache.keep(found, of: try plan(), on: Self.machine)
        let again = PlacementCache(path: path)
        #expect(try again.trials(of: plan(), on: Self.machine) == found && again.takeProblems().isEmpty)
    }

    @Test func aFolderThatCanNotBeMadeCostsNothingButAWord() throws {
        let folder = try CacheFolder()
        let cache = PlacementCache(path: try folder.file("taken", "x") + "/below/placements.json")
        let found = trials([.auto: ([1e6], 0)])
        cache.keep(found, of: try plan(), on: Self.machine)
        #expect(cache.takeProblems().map(\.code) == ["calibration-not-kept"])
        #expect(try cache.trials(of: plan(), on: Self.machine) == found, "known for as long as the process lives")
    }

    @Test func theFileDoesNotGrowForEver() throws {
        let folder = try CacheFolder()
        let path = folder.path + "/placements.json"
        let cache = PlacementCache(path: path)
        for size in 0..<70 {
            cache.keep(trials([:]), of: try plan { $0.frame.sizes = FrameSizes(sizeBytes: 100 + size) }, on: Self.machine)
        }
        let kept = PlacementCache(path: path)
        func isKnown(_ size: Int) throws -> Bool {
            try kept.trials(of: plan { $0.frame.sizes = FrameSizes(sizeBytes: size) }, on: Self.machine) != nil
        }
        #expect(try !isKnown(105) && isKnown(106) && isKnown(169))
    }

    @Test func theFileIsInTheUsersCache() {
        #expect(PlacementCache.standardPath(["XDG_CACHE_HOME": "/c", "HOME": "/h"]) == "/c/vethmark/placements.json")
        #expect(PlacementCache.standardPath(["XDG_CACHE_HOME": "c", "HOME": "/h"]) == "/h/.cache/vethmark/placements.json")
        #expect(PlacementCache.standardPath([:]) == nil)
    }

    // MARK: in a session

    private func session(_ cache: PlacementCache) throws -> Session {
        Session(
            interrupts: try Interrupts(listening: false),
            identity: .init(version: "test", startedAt: "2026-11-29T10:00:00Z", command: ["vethmark"]), placements: cache)
    }

    private var here: PlacementCache.Machine {
        PlacementCache.Machine(
            cpuModel: MachineFacts.cpuModel, kernelRelease: MachineFacts.kernelRelease, cpus: Topology.read().allowedCPUs)
    }

    /// What is known is taken without a trial, said in plan and placement, and the frames are the run's alone.
    @Test(
        .enabled(if: KernelAccess.isGranted && KernelAccess.hasTwoCPUs),
        arguments: [PlacementName.auto, .sameCore, .splitSoftirq, .napiThread])
    func aRunIsPlacedByWhatIsKnown(_ best: PlacementName) throws {
        var draft = PlanDraft()
        draft.link.placement = .best
        draft.load.rate = .packets(PacketRate(packetsPerSecond: 10_000))
        draft.load.frameCount = 1_000
        draft.load.warmupNanoseconds = 0
        let plan = try TrialPlan(draft)
        let cache = PlacementCache(path: nil)
        cache.keep(trials(best == .auto ? [.auto: ([1e6], 0)] : [.auto: ([1e6], 0), best: ([2e6], 0)]), of: plan, on: here)
        let session = try session(cache)
        let result = try session.run(plan)
        #expect(result.plan.link.placement == best && result.plan.link.calibrated == true && session.linkCount == 1)
        #expect(result.placement.reason.contains("by trials on this machine, of 2026-11-29"))
        #expect((result.placement.softirqCPUs != nil) == (best == .splitSoftirq || best == .napiThread))
        #expect(result.trials.map(\.index) == [0] && result.trials[0].ledger.offered == 1_000 && result.trials[0].ledger.residual == 0)
        var plain = result
        (plain.plan.link.calibrated, plain.placement.reason) = (nil, "")
        #expect(ResultDifference.between(plain, result).map(\.path) == ["plan.link.calibrated"])
        #expect(session.close().isEmpty)
    }

    /// Where nothing is known trials are made first, which nobody hears of and no book holds.
    @Test(.enabled(if: KernelAccess.isGranted)) func aRunThatKnowsNothingFindsOut() throws {
        var draft = PlanDraft()
        draft.link.placement = .best
        draft.load.rate = .packets(PacketRate(packetsPerSecond: 10_000))
        draft.load.frameCount = 1_000
        draft.load.warmupNanoseconds = 0
        let plan = try TrialPlan(draft)
        let cache = PlacementCache(path: nil)
        var told: [String] = [], watched = 0
        let session = Session(
            interrupts: try Interrupts(listening: false), identity: .init(version: "test", startedAt: "now", command: []),
            placements: cache,
            watch: { _ in watched += 1 }, note: { told.append($0) })
        let result = try session.run(plan)
        #expect(told.count == 1 && watched == 1)
        #expect(result.trials.map(\.index) == [0] && result.trials[0].ledger.offered == 1_000 && result.trials[0].ledger.residual == 0)
        let known = cache.trials(of: plan, on: here)
        #expect(result.plan.link.placement == (known?.choice ?? .auto) && (result.plan.link.calibrated == true) == (known != nil))
        #expect(known.map { $0.candidates.map(\.placement) == PlacementName.candidates } ?? true)
        #expect(session.close().isEmpty)
    }

    // MARK: where nobody asked for one

    private static func privileged(_ plan: TrialPlan) -> Bool {
        PlacementCalibration.isWorthwhile(for: plan, cpuCount: 2, movesSoftirq: true)
    }

    private func open(_ change: (inout PlanDraft) -> Void) throws -> TrialPlan {
        try plan {
            $0.link.placement = nil
            $0.transmit.engine = .ring
            $0.load.durationNanoseconds = 1_000_000_000
            change(&$0)
        }
    }

    /// Frames one by one, as fast as they go, for a while, between ends and on CPUs of our choosing; and another core to give work to.
    @Test func trialsAreMadeWhereTheyMayGain() throws {
        #expect(try Self.privileged(open { _ in }))
        #expect(try Self.privileged(open { $0.load.durationNanoseconds = 0 }))
        #expect(try Self.privileged(open { $0.transmit.engine = .mmsg }) && Self.privileged(open { $0.transmit.engine = .afXDP }))
        #expect(try Self.privileged(open { $0.link.placement = .auto }))
        let others: [(inout PlanDraft) -> Void] = [
            { $0.link.placement = .inline }, { $0.link.placement = .sameCore },
            { $0.transmit.engine = .gso }, { $0.transmit.engine = .xdp }, { $0.transmit.engine = .null }, { $0.transmit.engine = nil },
            { $0.receive.receiver = ReceiverName.none },
            { $0.load.rate = .packets(PacketRate(packetsPerSecond: 10_000)) },
            { $0.load.frameCount = 1_000_000 }, { $0.load.durationNanoseconds = 999_999_999 },
            { $0.transmit.workers = 2 }, { $0.transmit.cpus = [0] }, { $0.receive.cpus = [1] },
            {
                $0.link.transmit = InterfaceReference("a")
                $0.link.receive = InterfaceReference("b")
            }
        ]
        for (place, change) in others.enumerated() { #expect(try !Self.privileged(open(change)), "case \(place)") }
        #expect(try !PlacementCalibration.isWorthwhile(for: open { _ in }, cpuCount: 1, movesSoftirq: true))
        #expect(try !PlacementCalibration.isWorthwhile(for: open { _ in }, cpuCount: 2, movesSoftirq: false))
    }

    /// A run has the fastest, `inline` what it says, and trials that are to be compared all the same.
    @Test(.enabled(if: KernelAccess.isGranted && KernelAccess.hasTwoCPUs)) func whoAsksForNothingHasTheFastest() throws {
        var draft = PlanDraft()
        draft.transmit.engine = .ring
        draft.load.durationNanoseconds = 1_000_000_000
        draft.load.warmupNanoseconds = 0
        let plan = try TrialPlan(draft)
        let cache = PlacementCache(path: nil)
        cache.keep(trials([.auto: ([1e6], 0), .splitSoftirq: ([2e6], 0)]), of: plan, on: here)
        func run(_ plan: TrialPlan, choosing choosesPlacement: Bool) throws -> TrialPlan.Link {
            let session = Session(
                interrupts: try Interrupts(listening: false), identity: .init(version: "test", startedAt: "now", command: []),
                placements: cache, choosesPlacement: choosesPlacement, remote: nil)
            defer { _ = session.close() }
            return try session.run(plan).plan.link
        }
        let chosen = try run(plan, choosing: true), held = try run(plan, choosing: false)
        #expect(chosen.placement == .splitSoftirq && chosen.calibrated == true)
        #expect(held.placement == .auto && held.calibrated == nil)
        draft.link.placement = .inline
        let inline = try run(TrialPlan(draft), choosing: true)
        #expect(inline.placement == .inline && inline.calibrated == nil)
    }

    /// A size that was asked for stays, and so does one that follows from other things.
    @Test func aPlacementBringsItsRings() throws {
        let open = try open { _ in }, asked = try self.open { $0.receive.blocks = 16 }, crowded = try self.open { $0.transmit.workers = 2 }
        let limits = PlanLimits(cpuCount: 2)
        for name in [PlacementName.sameCore, .splitSoftirq, .napiThread] {
            let named = try self.open { $0.link.placement = name }
            #expect(open.placed(name, limits: limits) == named && named.receive.blocks == 512)
            #expect(named.placed(.auto, limits: limits) == open && open.receive.blocks == 64)
            #expect(asked.placed(name, limits: limits).receive.blocks == 16)
            #expect(crowded.placed(name, limits: limits).receive.blocks == 512)
        }
        #expect(crowded.receive.blocks == 512 && crowded.placed(.inline, limits: limits).receive.blocks == 512)
    }

    @Test func withoutALinkThereIsNothingToChoose() throws {
        let result = try session(PlacementCache(path: nil)).run(
            plan {
                $0.transmit.engine = .null
                $0.load.frameCount = 1_000
                $0.load.warmupNanoseconds = 0
            })
        #expect(result.plan.link.placement == .auto && result.plan.link.calibrated == nil)
    }

    @Test func othersLinksGetNoTrials() throws {
        #expect(throws: PlanError.self) {
            try plan {
                $0.link.transmit = InterfaceReference("a")
                $0.link.receive = InterfaceReference("b")
            }
        }
    }
}

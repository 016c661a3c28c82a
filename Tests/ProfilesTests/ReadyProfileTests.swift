import Foundation
import Plans
import Testing

@testable import Profiles

/// The profiles that come with vethmark.
@Suite struct ReadyProfileTests {
    @Test func theyAreAllThere() {
        #expect(
            SourceTree.profileNames == [
                "broadcast-storm.yaml", "cores.yaml", "default.yaml", "dns-like.yaml", "dscp.yaml", "fragments.yaml", "imix-csit.yaml",
                "imix.yaml",
                "ipv6.yaml", "jumbo.yaml", "live-frames.yaml", "malformed.yaml", "many-flows.yaml", "microbursts.yaml",
                "million-flows.yaml", "mtu.yaml", "offloads.yaml", "on-off.yaml",
                "one-armed.yaml", "paces.yaml", "placement.yaml", "poisson.yaml", "qinq.yaml", "queues.yaml", "ramp.yaml",
                "replay.yaml",
                "rfc2544-sizes.yaml",
                "rings.yaml", "sizes.yaml", "snap-length.yaml", "steady-100kpps.yaml", "steps.yaml",
                "streams.yaml", "suricata.yaml", "tcp-syn.yaml", "tcpdump-buffers.yaml", "two-workers.yaml", "vlan.yaml", "voice.yaml",
                "vxlan.yaml"
            ])
    }

    @Test(arguments: SourceTree.profileNames)
    func eachMakesAPlanOnTheSmallestMachine(_ name: String) throws {
        let profile = try ProfileLoader.load(path: SourceTree.profiles.appendingPathComponent(name).path)
        let plan = try profile.plan(limits: PlanLimits(cpuCount: 1))
        #expect(profile.description?.isEmpty == false)
        #expect(plan.link.isPrivate)
        #expect(plan.load.durationNanoseconds != nil)
    }

    @Test func theDefaultProfileSaysWhatHoldsWithoutOne() throws {
        let profile = try ProfileLoader.load(path: SourceTree.profiles.appendingPathComponent("default.yaml").path)
        #expect(try profile.plan(limits: PlanLimits()) == TrialPlan(PlanDraft(), limits: PlanLimits()))
    }

    @Test func theOthersDoNot() throws {
        for name in SourceTree.profileNames where name != "default.yaml" {
            let profile = try ProfileLoader.load(path: SourceTree.profiles.appendingPathComponent(name).path)
            // A sweep may well be one of the default plan.
            guard profile.sweep == nil else { continue }
            #expect(try profile.plan(limits: PlanLimits()) != TrialPlan(PlanDraft(), limits: PlanLimits()), "\(name)")
        }
    }
}

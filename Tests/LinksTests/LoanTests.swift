import Foundation
import Frames
import Kernel
import TestSupport
import Testing

@testable import Links

/// A journal in a folder that goes with the test.
private final class TestJournal: Sendable {
    let journal: LoanJournal

    init() { journal = LoanJournal(folder: NSTemporaryDirectory() + "vethmark-loans-\(UUID().uuidString)") }

    deinit { try? FileManager.default.removeItem(atPath: journal.folder) }

    /// Files in it, the lock left out.
    var pages: [String] {
        ((try? FileManager.default.contentsOfDirectory(atPath: journal.folder)) ?? []).filter { $0 != "lock" }
    }
}

@Suite(.enabled(if: KernelAccess.isGranted)) struct LoanTests {
    private let paper = TestJournal()

    private func settings(mtu: Int? = nil, checksums: Bool? = nil) -> LinkSettings {
        var settings = LinkSettings()
        settings.mtuBytes = mtu
        if let checksums { settings.transmitFeatures["tx-checksum-ip-generic"] = checksums }
        return settings
    }

    private func borrow(_ owner: LinkPair, _ settings: LinkSettings) throws -> LinkPair {
        try LinkPair.open(transmit: owner.transmit, receive: owner.receive, settings, journals: [paper.journal])
    }

    private func mtu(_ pair: LinkPair) throws -> Int { try pair.transmit.current().mtuBytes }

    private func checksums(_ pair: LinkPair) throws -> Bool? {
        try pair.transmit.ethtool?.features(of: pair.transmit.link)["tx-checksum-ip-generic"]
    }

    @Test func settingsAreGivenBackToTheInterfaceAndNotToItsName() throws {
        let owner = try LinkPair.makePrivate(LinkSettings())
        let table = owner.transmit.table
        let pair = try borrow(owner, settings(mtu: 4000, checksums: false))
        try pair.place(.steering(cpus: [0]))
        try table.set(owner.transmit.link.index, LinkChanges(name: "other"))
        try owner.receive.table.set(owner.receive.link.index, LinkChanges(name: "another"))
        // Strangers take both names, with settings that could be taken for ours.
        try table.makeVethPair(
            VethEnd(name: owner.transmit.link.name, mtuBytes: 4000), VethEnd(name: owner.receive.link.name, mtuBytes: 4000),
            in: owner.receive.namespace)
        let near = try LinkEnd(named: owner.transmit.link.name, in: owner.transmit.namespace)
        let far = try LinkEnd(named: owner.receive.link.name, in: owner.receive.namespace)
        try near.ethtool?.setFeatures(["tx-checksum-ip-generic": false], of: near.link)
        try far.write([.steering(queue: 0): "1"])
        try pair.unplace()
        #expect(pair.restore().isEmpty)
        #expect(try mtu(owner) == 1500 && checksums(owner) == true)
        #expect(try owner.receive.values(of: [.steering(queue: 0)]) == [.steering(queue: 0): "0"])
        #expect(try near.current().mtuBytes == 4000)
        #expect(try near.ethtool?.features(of: near.link)["tx-checksum-ip-generic"] == false)
        #expect(try far.values(of: [.steering(queue: 0)]) == [.steering(queue: 0): "1"])
        #expect(paper.pages.isEmpty)
    }

    /// The last one gives the true original back, whoever began; until then each keeps what it has set.
    @Test(arguments: [false, true]) func runsThatOverlapShareASetting(_ firstEndsFirst: Bool) throws {
        let owner = try LinkPair.makePrivate(LinkSettings())
        let first = try borrow(owner, settings(mtu: 3000, checksums: false))
        let second = try borrow(owner, settings(mtu: 4000, checksums: false))
        #expect(try mtu(owner) == 4000 && paper.pages.count == 2)
        #expect((firstEndsFirst ? first : second).restore().isEmpty)
        #expect(try mtu(owner) == (firstEndsFirst ? 4000 : 3000) && checksums(owner) == false)
        #expect((firstEndsFirst ? second : first).restore().isEmpty)
        #expect(try mtu(owner) == 1500 && checksums(owner) == true)
        #expect(paper.pages.isEmpty)
    }

    @Test func steeringOfOverlappingRunsEndsWithTheLast() throws {
        let owner = try LinkPair.makePrivate(LinkSettings())
        let first = try borrow(owner, settings())
        let second = try borrow(owner, settings())
        try first.place(.steering(cpus: [0]))
        try second.place(.steering(cpus: [0]))
        try first.unplace()
        #expect(try owner.receive.values(of: [.steering(queue: 0)]) == [.steering(queue: 0): "1"])
        try second.unplace()
        #expect(try owner.receive.values(of: [.steering(queue: 0)]) == [.steering(queue: 0): "0"])
    }

    @Test func whatSomebodyElseChangedMeanwhileIsHis() throws {
        let owner = try LinkPair.makePrivate(LinkSettings())
        let pair = try borrow(owner, settings(mtu: 4000, checksums: false))
        try owner.transmit.table.set(owner.transmit.link.index, LinkChanges(mtuBytes: 2000))
        #expect(pair.restore().isEmpty)
        #expect(try mtu(owner) == 2000 && checksums(owner) == true)
    }

    /// TSO stays wanted while the checksums that it needs are off, and comes back with them.
    @Test func whatIsRememberedIsWhatWasWanted() throws {
        let owner = try LinkPair.makePrivate(LinkSettings())
        let ethtool = try #require(owner.transmit.ethtool)
        let before = try ethtool.features(of: owner.transmit.link)
        #expect(before["tx-tcp-segmentation"] == true)
        var asked = settings(checksums: false)
        asked.transmitFeatures[EthtoolTable.tcpSegmentationOffload] = false
        let pair = try borrow(owner, asked)
        #expect(try ethtool.features(of: owner.transmit.link)["tx-tcp-segmentation"] == false)
        #expect(pair.restore().isEmpty)
        #expect(try ethtool.features(of: owner.transmit.link) == before)
    }

    @Test func whatIsRefusedHalfwayIsGivenBackAtOnce() throws {
        let owner = try LinkPair.makePrivate(LinkSettings())
        let book = LoanBook(journals: [paper.journal])
        // The address is set first, and the MTU refused after it (`do_setlink`).
        #expect(throws: LinkError.self) {
            try book.lay([.mtu: "70000", .address: "02:00:00:00:00:77", .feature("tx-checksum-ip-generic"): "off"], over: owner.transmit)
        }
        #expect(try owner.transmit.current().address == LinkPair.nearAddress && mtu(owner) == 1500 && checksums(owner) == true)
        #expect(paper.pages.isEmpty)
    }

    @Test func aDeletedInterfaceHasNothingToBeGivenBack() throws {
        let owner = try LinkPair.makePrivate(LinkSettings())
        let pair = try borrow(owner, settings(mtu: 4000))
        try owner.transmit.table.delete(owner.transmit.link)
        #expect(pair.restore().isEmpty && paper.pages.isEmpty)
    }

    @Test func withoutAPlaceForTheJournalSettingsComeBackAllTheSame() throws {
        let owner = try LinkPair.makePrivate(LinkSettings())
        let nowhere = LoanJournal(folder: "/proc/vethmark")
        let pair = try LinkPair.open(transmit: owner.transmit, receive: owner.receive, settings(mtu: 4000), journals: [nowhere])
        #expect(pair.journalProblem != nil)
        #expect(try mtu(owner) == 4000 && pair.restore().isEmpty)
        #expect(try mtu(owner) == 1500)
    }

    @Test func aPageOfARunThatLivesIsLeftAlone() throws {
        let owner = try LinkPair.makePrivate(LinkSettings())
        let pair = try borrow(owner, settings(mtu: 4000))
        #expect(LoanRestoration.run([paper.journal]).isEmpty)
        #expect(try mtu(owner) == 4000 && paper.pages.count == 1)
        #expect(pair.restore().isEmpty)
    }
}

@Suite struct LoanJournalTests {
    private func loan(_ name: String, _ setting: LinkSetting) throws -> Loan {
        let line = ["77", "4", "4026531840", "3", "veth", "02:00:00:00:00:01", "blue", "va", "mtu", "1500", "3000"]
        var loan = try #require(Loan(line: line.joined(separator: "\t")))
        loan.interface.name = name
        loan.interface.namespaceName = name
        loan.setting = setting
        return loan
    }

    @Test(arguments: ["va", "a\tb", "100%", "line\nbreak", "\u{1B}[31m", "größe", "%09", ""])
    func whateverAnInterfaceIsCalledAPageIsReadAsItWasWritten(_ name: String) throws {
        let settings: [LinkSetting] = [
            .mtu, .address, .channels, .feature("tx-udp-segmentation"), .feature(name), .steering(queue: 3), .threaded
        ]
        let loans = try settings.filter { $0 != .feature("") }.map { try loan(name, $0) }
        #expect(LoanJournal.parse(LoanJournal.text(loans))?.loans == loans)
    }

    @Test func aPageOfAnEarlierStartOfTheMachineHoldsNothing() throws {
        let text = LoanJournal.text([try loan("va", .mtu)]).replacingOccurrences(of: ProcessFacts.bootIdentifier, with: "another")
        #expect(LoanJournal.parse(text)?.loans == [])
    }

    @Test func aMaskIsTheSameWithAndWithoutLeadingZeros() {
        let setting = LinkSetting.steering(queue: 0)
        for (text, canonical) in [
            ("0\n", "0"), ("00000000,00000003\n", "3"), ("1,00000003", "1,00000003"), ("00000001,3", "1,00000003"), ("", "0")
        ] {
            #expect(setting.canonical(text) == canonical)
        }
    }

    /// Wrong bytes are no page, or a page: never a trap.
    @Test func damagedPagesDoNoHarm() throws {
        var random = SeededGenerator()
        let text = Array(LoanJournal.text([try loan("va", .mtu), try loan("vb", .channels)]).utf8)
        for _ in 0..<2_000 {
            var bytes = text
            for _ in 0..<Int.random(in: 1...8, using: &random) {
                bytes[Int.random(in: 0..<bytes.count, using: &random)] = UInt8.random(in: 0...255, using: &random)
            }
            _ = LoanJournal.parse(String(decoding: bytes.prefix(Int.random(in: 0...bytes.count, using: &random)), as: UTF8.self))
        }
    }
}

@Suite struct LockedFolderTests {
    @Test func aFolderThatOthersMayWriteInIsNotUsed() throws {
        let path = NSTemporaryDirectory() + "vethmark-locked-\(UUID().uuidString)"
        defer { try? FileManager.default.removeItem(atPath: path) }
        try FileManager.default.createDirectory(atPath: path, withIntermediateDirectories: false)
        try FileManager.default.setAttributes([.posixPermissions: 0o777], ofItemAtPath: path)
        #expect(throws: SystemError.self) { _ = try LockedFolder(path, makes: true).path }
    }

    @Test func aFileIsOwnedAsLongAsItsOwnerKeepsIt() throws {
        let path = NSTemporaryDirectory() + "vethmark-locked-\(UUID().uuidString)"
        defer { try? FileManager.default.removeItem(atPath: path) }
        let folder = try LockedFolder(path, makes: true)
        func owned() -> [Bool] { folder.entries(suffix: ".page").map(\.isOwned) }
        do {
            let file = try folder.replace("one.page", with: "first")
            #expect(owned() == [true])
            let next = try folder.replace("one.page", with: "second")
            #expect(owned() == [true] && folder.entries(suffix: ".page").map(\.text) == ["second"])
            withExtendedLifetime((file.raw, next.raw)) {}
            _ = consume file
            #expect(owned() == [true])
            _ = consume next
        }
        #expect(owned() == [false])
        #expect(throws: SystemError.self) { _ = try LockedFolder(path, makes: true, waitNanoseconds: 1_000_000).path }
    }
}

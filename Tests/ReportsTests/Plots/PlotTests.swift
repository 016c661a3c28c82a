import Foundation
import FoundationXML
import Metrics
import TestSupport
import Testing

@testable import Reports
@testable import Trials

@Suite struct FlowPlotTests {
    private func randomLedger() -> Ledger {
        func some(_ most: UInt64) -> UInt64 { Bool.random() ? 0 : UInt64.random(in: 0...most) }
        var ledger = Ledger(
            linkDropped: some(1_000_000), receiverDropped: some(50), received: some(5_000_000), altered: some(3), inFlightAtEnd: some(10))
        (ledger.notOffered, ledger.refused) = (some(2_000_000), some(100))
        ledger.sent = ledger.linkDropped + ledger.receiverDropped + ledger.received + ledger.altered + ledger.inFlightAtEnd + some(20)
        ledger.offered = ledger.sent + ledger.notOffered + ledger.refused
        return ledger
    }

    @Test func widthsAddUp() {
        for _ in 0..<300 {
            let ledger = randomLedger()
            let plot = FlowPlot(name: "ledger", title: "t", ledger: ledger)
            let bands = plot.bands
            #expect(plot.branches.reduce(0) { $0 + $1.frames } == ledger.offered, "\(ledger)")
            #expect(plot.branches.filter { $0.origin == .sent }.reduce(0) { $0 + $1.frames } == ledger.sent, "\(ledger)")
            let whole = bands.reduce(0) { $0 + $1.width }
            #expect(ledger.offered == 0 || (whole - 180).magnitude < 1e-6, "\(ledger): \(whole)")
            for band in bands {
                let share = Double(band.branch.frames) / Double(ledger.offered)
                #expect((band.width - share * 180).magnitude < 1e-6)
            }
            // Where bands leave they lie side by side; where they end none lies over another.
            for origin in [FlowPlot.Branch.Origin.sent, .offered] {
                let own = bands.filter { $0.branch.origin == origin }
                for (left, right) in zip(own, own.dropFirst()) { #expect((left.start + left.width - right.start).magnitude < 1e-6) }
            }
            for (left, right) in zip(bands, bands.dropFirst()) { #expect(left.end + left.width < right.end) }
        }
    }

    @Test func everyRowHasItsBand() {
        let ledger = Ledger(
            offered: 1_001_111, notOffered: 1_000, refused: 111, sent: 1_000_000, linkDropped: 300, receiverDropped: 20, received: 999_677,
            altered: 1, inFlightAtEnd: 2)
        let names = FlowPlot(name: "ledger", title: "t", ledger: ledger).branches.map(\.name)
        #expect(
            names == [
                "received", "received altered", "in flight at the end", "dropped on the link", "dropped by the receiver's ring",
                "refused by the kernel", "not offered in time"
            ])
    }

    @Test func aBookThatDoesNotCloseSaysSo() {
        let less = FlowPlot(name: "ledger", title: "t", ledger: Ledger(offered: 10, sent: 10, received: 8))
        #expect(less.branches.contains { $0.name == "residual" && $0.frames == 2 })
        let more = FlowPlot(name: "ledger", title: "t", ledger: Ledger(offered: 10, sent: 10, received: 15))
        #expect(more.residual == -5 && more.bands.reduce(0) { $0 + $1.width } <= 180.001)
        for plot in [less, more] {
            #expect(plot.drawing(width: 540).shapes.text.contains("the book does not close"))
            #expect(plot.summary.contains("residual \(plot.residual)"))
        }
    }
}

/// Every plot that a page has: drawn, well-formed, named.
@Suite struct PlotTests {
    /// What an XML parser sees.
    private final class Seen: NSObject, XMLParserDelegate {
        var names: [String: Int] = [:]
        var texts: [String: String] = [:]
        private var open: [String] = []
        func parser(
            _ parser: XMLParser, didStartElement name: String, namespaceURI: String?, qualifiedName: String?, attributes: [String: String]
        ) {
            names[name, default: 0] += 1
            open.append(name)
        }
        func parser(_ parser: XMLParser, didEndElement name: String, namespaceURI: String?, qualifiedName: String?) { open.removeLast() }
        func parser(_ parser: XMLParser, foundCharacters string: String) { texts[open.last ?? "", default: ""] += string }
    }

    private func seen(_ text: String) throws -> Seen {
        let seen = Seen()
        let parser = XMLParser(data: Data(text.utf8))
        parser.delegate = seen
        #expect(parser.parse(), "\(String(describing: parser.parserError)): \(text.prefix(400))")
        return seen
    }

    @Test func everyFileIsWellFormedAndNamed() throws {
        let pages = [
            ReportPage(try SamplePages.fullRun()), ReportPage(try SamplePages.fullRun(trials: 3)),
            ReportPage(try SamplePages.sweep(sizes: 3)),
            ReportPage(try SamplePages.comparison())
        ]
        let plots = ReportFile.plots(of: pages)
        #expect(plots.count > 20 && Set(plots.map(\.name)).count == plots.count)
        for (name, plot) in plots {
            #expect(name.allSatisfy { $0.isASCII && ($0.isLowercase || $0.isNumber || "-.".contains($0)) }, "\(name)")
            let seen = try seen(SVG.file(plot))
            #expect(seen.names["svg"] == 1 && seen.names["desc"] == 1 && seen.names["style"] == 1, "\(name)")
            #expect(seen.names["text", default: 0] > 1, "\(name)")
            #expect(seen.texts["title"]?.hasPrefix(plot.title) == true && seen.texts["desc"]?.isEmpty == false, "\(name)")
        }
    }

    @Test(arguments: [340.0, 540, 1_104]) func nothingLiesOutsideOfItsPlot(_ width: Double) throws {
        for (name, plot) in ReportFile.plots(of: [ReportPage(try SamplePages.fullRun()), ReportPage(try SamplePages.sweep(sizes: 9))]) {
            let drawing = plot.drawing(width: width)
            #expect(drawing.width == width && drawing.height > 30 && drawing.height < 900, "\(name): \(drawing.height)")
            for match in drawing.shapes.text.matches(of: /\bx="(-?[0-9.]+)"/) {
                let x = try #require(Double(match.1))
                #expect(x >= -0.5 && x <= width + 0.5, "\(name): \(match.0)")
            }
        }
    }

    @Test func figuresOfNothingAreNoPlots() throws {
        let trial = sampleTrial { $0.latency = .init() }
        #expect(TrialPlots.rates(trial) == nil && TrialPlots.percentiles(RunView.latencies(trial)) == nil)
        #expect(TrialPlots.histogram([], name: "n", title: "t", axis: "a") == nil && TrialPlots.cpus([]) == nil)
    }

    @Test func aFrameInTheTailHasItsBar() throws {
        let bars = [HistogramBar(lower: 1_024, upper: 2_048, count: 1_000_000), HistogramBar(lower: 65_536, upper: 131_072, count: 1)]
        let plot = try #require(TrialPlots.histogram(bars, name: "n", title: "t", axis: "a"))
        let heights = plot.drawing(width: 540).shapes.text.matches(of: /class="f1"[^>]* height="([0-9.]+)"/).compactMap { Double($0.1) }
        #expect(heights.count == 2 && heights.allSatisfy { $0 >= 3 }, "\(heights)")
    }

    @Test func thePercentileAxisEndsAtTheSlowestFrame() throws {
        let plot = try #require(TrialPlots.percentiles([("path", sampleTrial().latency.path)]))
        let points = plot.series[0].points
        #expect(points.map(\.y) == [1_000, 2_000, 3_000, 4_000, 5_000, 6_000, 70_000] && points.last?.x == 6)
        // Of ten frames nobody knows a 99th percentile.
        let few = try #require(
            TrialPlots.percentiles([("path", LatencySummary(count: 10, min: 1, p50: 2, p90: 3, p99: 4, p999: 4, p9999: 4, max: 4))]))
        #expect(few.series[0].points.map(\.y) == [1, 2, 4])
    }
}

import FoundationEssentials
import Kernel

/// Reports on the disk.
public enum ReportFile {
    /// Why one could not be written.
    public struct WriteError: ExplainedError, Equatable {
        public let sentence: String
        public let remedy: String?
    }

    /// Whether a file may be put there, as far as can be told before there is one.
    ///
    /// - Throws: `WriteError`.
    public static func check(_ path: String) throws(WriteError) {
        _ = try place(path)
    }

    /// Whole or not at all, in the place of what was there.
    ///
    /// - Throws: `WriteError`; the file is as it was then.
    public static func write(_ text: String, to path: String) throws(WriteError) {
        let file = try place(path)
        do throws(SystemError) {
            try SafeFile.write(text, to: file)
        } catch {
            throw WriteError(sentence: "\(path.visible) can't be written: \(error.reason)", remedy: "make room, or choose another place")
        }
    }

    /// Each plot of some pages as a file of its own.
    ///
    /// - Returns: the files' names.
    /// - Throws: `WriteError`.
    @discardableResult
    public static func writePlots(of pages: [ReportPage], into folder: String) throws(WriteError) -> [String] {
        let plots = self.plots(of: pages)
        do throws(SystemError) {
            try SafeFile.makeFolder(folder)
        } catch {
            throw WriteError(
                sentence: "the folder \(folder.visible) can't be made: \(error.reason)", remedy: "choose another one for --svg")
        }
        for (name, plot) in plots { try write(SVG.file(plot), to: "\(folder)/\(name)") }
        return plots.map(\.name)
    }

    /// With their names: `run-ledger.svg`, or `2-run-ledger.svg` of the second of several.
    static func plots(of pages: [ReportPage]) -> [(name: String, plot: any Plot)] {
        var taken: Set<String> = []
        return pages.enumerated().flatMap { number, page in
            page.sections.flatMap(\.blocks).flatMap(\.plots).map { plot in
                let stem = (pages.count > 1 ? "\(number + 1)-" : "") + "\(page.kind)-\(plot.name)"
                let name = (1...).lazy.map { $0 == 1 ? stem : "\(stem)-\($0)" }.first { !taken.contains($0) } ?? stem
                taken.insert(name)
                return (name + ".svg", plot)
            }
        }
    }

    /// Where the text goes: behind links, and never in the place of a device or a pipe, which a rename would replace.
    private static func place(_ path: String) throws(WriteError) -> String {
        let remedy = "name a file, as in report.html"
        guard !path.isEmpty, !path.hasSuffix("/"), !SafeFile.isFolder(path) else {
            throw WriteError(sentence: path.isEmpty ? "the report has no name" : "\(path.visible) is a folder", remedy: remedy)
        }
        let resolved = URL(fileURLWithPath: path).resolvingSymlinksInPath().path
        let folder = URL(fileURLWithPath: resolved).deletingLastPathComponent().path
        guard SafeFile.isFolder(folder) else {
            throw WriteError(sentence: "there is no folder \(folder.visible) for the report", remedy: "make it, or choose another place")
        }
        guard SafeFile.exists(resolved) else { return resolved }
        let type = (try? FileManager.default.attributesOfItem(atPath: resolved))?[.type] as? FileAttributeType
        guard type == .typeRegular else { throw WriteError(sentence: "\(path.visible) is no ordinary file", remedy: remedy) }
        return resolved
    }
}

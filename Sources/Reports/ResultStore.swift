import Foundation
import Trials

/// Where runs save themselves: one folder a run, `result.json`, `report.txt` and `trials.csv`.
public struct ResultStore {
    /// Why a run could not be saved. The result itself still goes to stdout.
    public struct SaveError: Error, Equatable, CustomStringConvertible {
        public var path: String
        public var reason: String

        public var description: String {
            "the run could not be saved in \(path): \(reason); choose another folder with -o, or use --no-save"
        }
    }

    private let folder: String

    /// Under `results/` of the current directory, named by the time: `2026-01-31-235959`.
    public init(now: Date = .now) {
        let stamp = now.formatted(
            Date.VerbatimFormatStyle(
                format:
                    "\(year: .defaultDigits)-\(month: .twoDigits)-\(day: .twoDigits)-\(hour: .twoDigits(clock: .twentyFourHour, hourCycle: .zeroBased))\(minute: .twoDigits)\(second: .twoDigits)",
                timeZone: .gmt, calendar: Calendar(identifier: .gregorian)))
        self.init(folder: Self.unused("results/" + stamp))
    }

    /// Exactly this folder, made if it isn't there. One that holds a result already gets a neighbour
    /// (`folder-2`), so that no run overwrites another.
    public init(folder: String) { self.folder = Self.unused(folder) }

    private static func unused(_ folder: String) -> String {
        func isUsed(_ path: String) -> Bool { FileManager.default.fileExists(atPath: path + "/result.json") }
        guard isUsed(folder) else { return folder }
        return (2...).lazy.map { "\(folder)-\($0)" }.first { !isUsed($0) } ?? folder
    }

    /// Writes all files, each under another name first: a full disk leaves no half of a result.
    ///
    /// - Returns: the folder.
    /// - Throws: `SaveError`; what was written of this run is gone again then.
    public func save(_ result: RunResult) throws(SaveError) -> String {
        let existed = FileManager.default.fileExists(atPath: folder)
        let files: [(name: String, text: () throws -> String)] = [
            ("report.txt", { ConsoleReport(result, style: .plain).text }), ("trials.csv", { CSVReport.text(result) }),
            // Last: where it lies, the run is complete.
            ("result.json", { try JSONReport.text(result) })
        ]
        do {
            try FileManager.default.createDirectory(atPath: folder, withIntermediateDirectories: true)
            for file in files { try Data(file.text().utf8).write(to: url(file.name), options: .atomic) }
            return folder
        } catch {
            for file in files { try? FileManager.default.removeItem(at: url(file.name)) }
            if !existed { try? FileManager.default.removeItem(atPath: folder) }
            throw SaveError(path: folder, reason: Self.reason(error))
        }
    }

    private func url(_ name: String) -> URL { URL(fileURLWithPath: folder).appendingPathComponent(name) }

    /// Foundation's sentences end with a stop and say little of the usual causes.
    private static func reason(_ error: any Error) -> String {
        switch (error as? CocoaError)?.code {
        case .fileWriteOutOfSpace: "no space left on the device"
        case .fileWriteNoPermission: "permission denied"
        case .fileWriteVolumeReadOnly: "the file system is read-only"
        case .fileWriteFileExists: "a file is in the way"
        default: error.localizedDescription.trimmingCharacters(in: CharacterSet(charactersIn: "."))
        }
    }
}

import FoundationEssentials
import Plans

/// Files that a profile names lie beside it.
extension ProfileReader {
    mutating func placeFiles() {
        let setting = SettingTable.shared.frame.streams
        guard var streams = profile.draft[setting], streams.contains(where: { $0.replay != nil }) else { return }
        let folder = URL(fileURLWithPath: profile.file).deletingLastPathComponent()
        for index in streams.indices {
            guard let path = streams[index].replay, !path.hasPrefix("/") else { continue }
            streams[index].replay = folder.appendingPathComponent(path).relativePath
        }
        profile.draft.set(setting, to: streams, from: profile.draft.origin(of: setting.field))
    }
}

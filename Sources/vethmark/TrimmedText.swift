extension StringProtocol {
    /// Without the characters at both ends that are so.
    func withoutEnds(_ isEnd: (Character) -> Bool) -> String {
        let rest = drop(while: isEnd)
        return String(rest.prefix(upTo: rest.lastIndex { !isEnd($0) }.map(rest.index(after:)) ?? rest.startIndex))
    }
}

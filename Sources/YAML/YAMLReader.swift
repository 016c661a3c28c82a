/// From a text to nodes.
public enum YAMLReader {
    /// Nodes within nodes: a text of a few bytes a level would use up the stack otherwise.
    public static let deepest = 100

    /// The one document of a text; nil for a text that holds none.
    ///
    /// Tags are passed over: what a scalar means is up to whoever reads it. An alias is the node it stands for.
    public static func document(_ text: String) throws(YAMLError) -> YAMLNode? {
        // With a byte behind, so that there is memory to point at where there is no text.
        let bytes = Array(text.utf8) + [0]
        // Unsafe: the parser is gone when the bytes are given back.
        return try unsafe bytes.withUnsafeBufferPointer { (buffer) throws(YAMLError) -> YAMLNode? in
            let events = try unsafe YAMLEvents(UnsafeBufferPointer(rebasing: buffer.dropLast()))
            _ = try events.next()
            guard case .documentStart = try events.next().kind else { return nil }
            var composer = Composer()
            let root = try composer.node(try events.next(), of: events, depth: 1)
            _ = try events.next()
            let next = try events.next()
            guard case .streamEnd = next.kind else {
                let first = YAMLNode.Place(line: 1, column: 1)
                throw .syntax(
                    "but found another document", at: next.place,
                    context: YAMLError.Context(text: "expected a single document in the stream", place: first))
            }
            return root
        }
    }
}

private struct Composer {
    private var anchors: [String: YAMLNode] = [:]

    /// The node that begins with `event`, its end read as well.
    mutating func node(_ event: YAMLEvent, of events: borrowing YAMLEvents, depth: Int) throws(YAMLError) -> YAMLNode {
        guard depth <= YAMLReader.deepest else { throw .tooDeep(at: event.place, limit: YAMLReader.deepest) }
        let content: YAMLNode.Content
        switch event.kind {
        case .alias(let name):
            guard let node = anchors[name] else { throw .syntax("found undefined alias", at: event.place, context: nil) }
            return node
        case .scalar(let text, let style): content = .scalar(text, style)
        case .sequenceStart(let style): content = .sequence(try sequence(events, depth), style)
        case .mappingStart(let style): content = .mapping(try mapping(events, depth), style)
        case .streamStart, .streamEnd, .documentStart, .documentEnd, .sequenceEnd, .mappingEnd:
            preconditionFailure("libyaml ends nothing that it hasn't begun")
        }
        let node = YAMLNode(content, place: event.place)
        if let anchor = event.anchor { anchors[anchor] = node }
        return node
    }

    private mutating func sequence(_ events: borrowing YAMLEvents, _ depth: Int) throws(YAMLError) -> [YAMLNode] {
        var nodes: [YAMLNode] = []
        while true {
            let event = try events.next()
            if case .sequenceEnd = event.kind { return nodes }
            nodes.append(try node(event, of: events, depth: depth + 1))
        }
    }

    private mutating func mapping(_ events: borrowing YAMLEvents, _ depth: Int) throws(YAMLError) -> [YAMLNode.Pair] {
        var pairs: [YAMLNode.Pair] = []
        var places: [String: YAMLNode.Place] = [:]
        var duplicate: YAMLError?
        while true {
            let event = try events.next()
            if case .mappingEnd = event.kind {
                if let duplicate { throw duplicate }
                return pairs
            }
            let key = try node(event, of: events, depth: depth + 1)
            // An alias stands where it is written, not where its node is.
            if let text = key.text, let first = places.updateValue(event.place, forKey: text), duplicate == nil {
                duplicate = .duplicateKey(text, first: first, second: event.place)
            }
            pairs.append((key, try node(try events.next(), of: events, depth: depth + 1)))
        }
    }
}

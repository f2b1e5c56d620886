/// A value that few have, in memory of its own: who has none carries a word instead of its size.
@propertyWrapper
package struct Boxed<Value: Sendable>: Sendable {
  private indirect enum Content: Sendable {
    case nothing
    case value(Value)
  }

  private var content = Content.nothing

  package init() {}

  package var wrappedValue: Value? {
    get {
      if case .value(let value) = content { return value }
      return nil
    }
    set { content = newValue.map { .value($0) } ?? .nothing }
  }

  /// The bytes of that memory, without what the value holds elsewhere.
  var size: Int {
    if case .nothing = content { return 0 }
    return BoxSize.of(Value.self)
  }
}

/// What a value takes that has memory of its own.
package enum BoxSize {
  /// In bytes, with the two words that stand before it: its type and the number of its owners.
  package static func of<Value>(_ type: Value.Type) -> Int {
    2 * MemoryLayout<UInt>.size + MemoryLayout<Value>.size
  }
}

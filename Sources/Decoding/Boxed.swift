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
}

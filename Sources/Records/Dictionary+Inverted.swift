extension Dictionary where Value: Hashable {
  /// Values to keys: names back to the numbers they stand for. Of two keys with one value, either.
  var inverted: [Value: Key] {
    Dictionary<Value, Key>(map { ($0.value, $0.key) }, uniquingKeysWith: { first, _ in first })
  }
}

import Records

/// The object of one message. This is the hot path: a call may hold 1,024 of them.
extension ByteBuffer {
  mutating func append(json message: borrowing Message, _ state: MessageState) {
    append(#"{"index":"#)
    append(decimal: message.index)
    append(#","state":""#)
    append(verbatim: state.rawValue)
    append(#"","bytes":"#)
    append(orNull: message.bytes) { $0.append(decimal: $1) }
    append(#","msg_len":"#)
    append(orNull: message.sentLength) { $0.append(decimal: $1) }
    if let header = message.header {
      append(#","flags":"#)
      append(json: header.flags)
      append(#","name":"#)
      append(orNull: message.name) { $0.append(json: $1) }
      append(#","name_at":"#)
      append(json: header.name)
      append(#","namelen":"#)
      append(decimal: header.nameLength)
      append(#","iov_at":"#)
      append(json: header.iovecs)
      append(#","iovlen":"#)
      append(decimal: header.iovecCount)
    } else {
      append(
        #","flags":null,"name":null,"name_at":null,"namelen":null,"iov_at":null,"iovlen":null"#)
    }
    append(#","iov":"#)
    append(orNull: message.iovecs) { $0.append(json: $1) }
    append(#","payload":"#)
    append(json: message.payload)
    if let header = message.header {
      append(#","control_at":"#)
      append(json: header.control)
      append(#","controllen":"#)
      append(decimal: header.controlLength)
    } else {
      append(#","control_at":null,"controllen":null"#)
    }
    append(#","control":"#)
    append(orNull: message.control) { out, control in
      out.appendJSONArray(control) { $0.append(json: $1) }
    }
    append(#","segmentation":"#)
    append(orNull: message.segmentation) { $0.append(json: $1) }
    append(#","fault":"#)
    append(json: message.fault)
    append(#","truncated":"#)
    append(json: message.truncated)
    append(#","unreadable":"#)
    if message.unreadable.isEmpty {
      append("null")
    } else {
      appendJSONArray(message.unreadable) { $0.append(json: $1) }
    }
    append(#","mutated":"#)
    append(orNull: message.mutated) { out, parts in
      out.appendJSONArray(parts) { $0.append(jsonString: $1.rawValue) }
    }
    append("}")
  }

  private mutating func append(json unreadable: UnreadablePart) {
    append(#"{"part":"#)
    append(jsonString: unreadable.part.rawValue)
    append(#","at":"#)
    append(json: unreadable.address)
    append(#","wanted":"#)
    append(decimal: unreadable.wanted)
    append(#","available":"#)
    append(decimal: unreadable.available)
    append(#","read":"#)
    append(jsonHex: unreadable.bytes.span)
    append(#","effect":"#)
    append(jsonString: unreadable.effect)
    append("}")
  }

  private mutating func append(json segmentation: Segmentation) {
    append(#"{"source":""#)
    append(verbatim: segmentation.source.rawValue)
    append(#"","segment_size":"#)
    append(decimal: UInt64(segmentation.size))
    append(#","segments":"#)
    append(orNull: segmentation.pieces) { $0.append(decimal: $1.count) }
    append(#","last_segment":"#)
    append(orNull: segmentation.pieces) { $0.append(decimal: $1.last) }
    append("}")
  }

  private mutating func append(json iovecs: ArraySlice<IOVector>) {
    appendJSONArray(iovecs) { out, iovec in
      out.append(#"{"base":"#)
      out.append(json: iovec.base)
      out.append(#","length":"#)
      out.append(decimal: iovec.length)
      out.append("}")
    }
  }

  private mutating func append(json payload: Payload) {
    append(#"{"captured":"#)
    if let data = payload.data {
      let data = data.span
      append(decimal: data.count)
      if data.isPlainText {
        append(#","encoding":"utf-8","data":"#)
        append(jsonString: data)
      } else {
        append(#","encoding":"base64","data":""#)
        append(base64: data)
        append(UInt8(ascii: "\""))
      }
    } else {
      append(#"0,"encoding":null,"data":null"#)
    }
    append(#","truncated":"#)
    append(json: payload.truncated)
    append(#","fault":"#)
    append(json: payload.fault)
    append(#","hint":"#)
    append(jsonString: payload.hint)
    append("}")
  }

  private mutating func append(json control: ControlMessage) {
    append(#"{"level":"#)
    append(jsonString: control.levelName)
    append(#","type":"#)
    append(jsonString: control.typeName)
    append(#","length":"#)
    append(decimal: control.length)
    append(#","value":"#)
    append(orNull: control.value) { $0.append(jsonObject: $1) }
    append(#","raw":"#)
    append(jsonHex: control.data.span)
    append(#","status":"#)
    append(jsonString: control.status?.rawValue)
    append(#","why":"#)
    append(jsonString: control.why)
    append("}")
  }
}

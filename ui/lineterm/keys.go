package lineterm

import (
	"fmt"
	"io"
	"strings"
	"time"
	"unicode/utf8"

	"github.com/rivo/uniseg"
)

const (
	ctrlC = 3
	ctrlD = 4
	ctrlU = 0x15
)

// Keys that x/term does not know, and passes to edit. x/term handles one character at a time:
// it inserts no more than 4096 of them, waits for the next read after a U+FFFD, and separates
// an accent from its letter.
const (
	keySwap   = 0x16 // exchanges two characters; x/term would exchange code points
	keyLeft   = 0x18
	keyRight  = 0x19
	keyEnd    = 0x1a // ends the input if the line is empty; else as keyDelete
	keyRubOut = 0x1c
	keyDelete = 0x1d
	keyInsert = 0x1e // inserts Terminal.insert
	keyPaste  = 0x1f // inserts the paste in Terminal.insert; one of several lines ends the line
)

// controls has what the editor receives for a control character. Others are dropped.
var controls = map[byte]string{
	'\r': "\r", '\n': "\r", '\b': string(rune(keyRubOut)), 0x7f: string(rune(keyRubOut)),
	ctrlD: string(rune(keyEnd)), 2: string(rune(keyLeft)), 6: string(rune(keyRight)),
	1: "\x01", 5: "\x05", 0x0b: "\x0b", 0x0c: "\x0c", 0x0e: "\x0e", 0x10: "\x10",
	0x14: string(rune(keySwap)), ctrlU: "\x15",
	0x17: "\x17", // Ctrl-A, E, K, L, N, P, T, U and W
}

const home, end, wordLeft, wordRight = "\x01", "\x05", "\x1b[1;3D", "\x1b[1;3C"

// sequences has what the editor receives for an escape sequence, in the spelling of several
// terminals. Others are dropped.
var sequences = map[string]string{
	"\x1b[A": "\x10", "\x1bOA": "\x10", "\x1b[B": "\x0e", "\x1bOB": "\x0e",
	"\x1b[D": string(rune(keyLeft)), "\x1bOD": string(rune(keyLeft)),
	"\x1b[C": string(rune(keyRight)), "\x1bOC": string(rune(keyRight)),
	"\x1b[H": home, "\x1bOH": home, "\x1b[1~": home, "\x1b[7~": home,
	"\x1b[F": end, "\x1bOF": end, "\x1b[4~": end, "\x1b[8~": end, "\x1b[3~": string(rune(keyDelete)),
	"\x1b[1;3D": wordLeft, "\x1b[1;5D": wordLeft, "\x1bb": wordLeft,
	"\x1b[1;3C": wordRight, "\x1b[1;5C": wordRight, "\x1bf": wordRight, "\x1b\x7f": "\x17", "\x1bOM": "\r",
}

// sequence is an escape sequence that is being read.
type sequence struct {
	b    []byte // its first bytes; if empty, none
	n    int    // their number and that of the bytes after them
	long bool   // it has more than b
}

// Times after which a sequence that is not complete is dropped, as the next key comes.
const (
	escapeWait   = 100 * time.Millisecond // after an Esc
	sequenceWait = 250 * time.Millisecond // within a sequence
	stringWait   = time.Second            // within an answer of the terminal
)

// maxString is the maximum length of an answer of the terminal in bytes.
const maxString = 4096

// stringBegins are the characters with which an answer of a terminal (OSC, DCS, APC) can
// begin. Esc before any other means that a person pressed Alt and a key.
var stringBegins = map[byte]string{']': "0123456789", 'P': "0123456789>!$+", '_': "G"}

// begin begins a sequence with its escape character.
func (s *sequence) begin() { s.b, s.n, s.long = append(s.b[:0], 0x1b), 1, false }

// wait returns the time after which the sequence is dropped.
func (s *sequence) wait() time.Duration {
	switch {
	case len(s.b) == 1:
		return escapeWait
	case stringBegins[s.b[1]] != "":
		return stringWait
	}
	return sequenceWait
}

// addToString adds a byte to an answer of the terminal, which ends with BEL, ESC \, or any
// other control character.
func (s *sequence) addToString(c byte) (used, done bool) {
	if s.n == 3 && strings.IndexByte(stringBegins[s.b[1]], c) < 0 {
		return false, true
	}
	s.long = true
	return true, c == '\a' || s.n > maxString
}

// add adds a byte. used is false if the byte does not belong to the sequence, which has then
// ended; done reports whether this byte ends it.
func (s *sequence) add(c byte) (used, done bool) {
	answer := len(s.b) > 1 && stringBegins[s.b[1]] != ""
	if c < ' ' && (!answer || c != '\a') || c >= 0x80 && !answer {
		return false, true
	}
	if s.n++; answer {
		return s.addToString(c)
	}
	second := len(s.b) == 1
	if len(s.b) < len(pasteStart) {
		s.b = append(s.b, c)
	} else {
		s.long = true
	}
	switch {
	case second:
		return true, c != '[' && c != 'O' && c >= 0x30 && stringBegins[c] == ""
	case s.b[1] == '[':
		return true, c >= 0x40 && (c != '[' || len(s.b) != 3) // ESC [ [ A is a key of the Linux console
	}
	return true, c >= 0x30 && (s.b[1] != 'O' || c >= 0x40)
}

// take ends the sequence and returns it, "" if it is longer than any that is known.
func (s *sequence) take() string {
	b := string(s.b)
	if s.b = s.b[:0]; s.long {
		return ""
	}
	return b
}

// key handles one byte.
func (t *Terminal) key(c byte) {
	last := t.last
	t.last = c
	if t.paste.on {
		t.pasted(c)
		return
	}
	if len(t.seq.b) > 0 {
		used, done := t.seq.add(c)
		if done {
			t.sequence(t.seq.take(), used)
		}
		if used {
			return
		}
	}
	switch {
	case c == 0x1b:
		t.flush()
		t.seq.begin()
	case c == '\n' && last == '\r': // one line end
	case c < ' ' && c != '\t', c == 0x7f:
		t.flush()
		t.press(controls[c])
	default:
		t.text = append(t.text, c)
	}
}

// sequence handles an escape sequence, unless it was not complete.
func (t *Terminal) sequence(s string, complete bool) {
	switch {
	case !complete:
	case s == string(pasteStart):
		t.beginPaste(true)
	case len(s) == 3 && s[1] == 'O' && s[2] >= 'j' && s[2] <= 'y': // the numeric keypad: * + , - . / 0 to 9
		t.text = append(t.text, s[2]-0x40)
	default:
		t.press(sequences[s])
	}
}

// flush inserts the text that was typed, up to a character that is not complete.
func (t *Terminal) flush() {
	n := len(t.text)
	for i := n - 1; i >= max(0, n-utf8.UTFMax); i-- {
		if utf8.RuneStart(t.text[i]) {
			if !utf8.FullRune(t.text[i:]) {
				n = i
			}
			break
		}
	}
	if n == 0 {
		return
	}
	t.insert = cleanText(t.text[:n])
	t.text = append(t.text[:0], t.text[n:]...)
	t.press(string(rune(keyInsert)))
}

// cleanText returns typed text without control characters. A byte that is not UTF-8 is
// replaced by its code.
func cleanText(b []byte) string {
	var out strings.Builder
	for i := 0; i < len(b); {
		r, n := utf8.DecodeRune(b[i:])
		switch {
		case r == utf8.RuneError && n == 1:
			fmt.Fprintf(&out, "<%02X>", b[i])
		case r == '\t' || !isControl(r):
			out.WriteRune(r)
		}
		i += n
	}
	return out.String()
}

// press passes keys to the editor, and takes the lines that they complete.
func (t *Terminal) press(keys string) {
	if t.tooLong {
		t.tooLong = keys != "\r" && keys != "\x15"
		return
	}
	t.keys = append(t.keys, keys...)
	for {
		line, err := t.editor.ReadLine()
		if err != nil { // errNoKeys
			return
		}
		t.put(Input{Text: line})
	}
}

// keyReader is the input of the editor. Without a key it returns errNoKeys, and the editor
// keeps the line until ReadLine is called again.
type keyReader struct{ t *Terminal }

// Read reads keys.
func (r keyReader) Read(p []byte) (int, error) {
	if len(r.t.keys) == 0 {
		return 0, errNoKeys
	}
	n := copy(p, r.t.keys)
	r.t.keys = r.t.keys[n:]
	return n, nil
}

// edit handles the keys that x/term does not know. It returns the new line and the position of
// the cursor in it.
func (t *Terminal) edit(line string, pos int, key rune) (string, int, bool) {
	switch key {
	case keyLeft:
		return line, lastCluster(line[:pos]), true
	case keyRight:
		return line, pos + firstCluster(line[pos:]), true
	case keyRubOut:
		from := lastCluster(line[:pos])
		return line[:from] + line[pos:], from, true
	case keyEnd, keyDelete:
		if key == keyEnd && line == "" {
			t.end(io.EOF)
		}
		return line[:pos] + line[pos+firstCluster(line[pos:]):], pos, true
	case keySwap:
		return swapped(line, pos)
	case keyInsert:
		if len(line)+len(t.insert) <= maxEdit {
			return line[:pos] + t.insert + line[pos:], pos + len(t.insert), true
		}
		t.tooLong = true
		t.row.end()
		t.echo("\awarroom: this line was dropped, because it is longer than 16 KiB; save it to\r\n" +
			"  a file, and add that to the evidence. Enter begins a new line\r\n")
		return "", 0, true
	case keyPaste:
		if strings.Contains(t.insert, "\n") || len(line)+len(t.insert) > maxEdit {
			t.endLine(line[:pos] + t.insert + line[pos:])
			return "", 0, true
		}
		t.insert = cleanText([]byte(t.insert))
		return line[:pos] + t.insert + line[pos:], pos + len(t.insert), true
	}
	return "", 0, false
}

// endLine ends the line being typed, which is a part of a paste.
func (t *Terminal) endLine(text string) {
	t.row.erase()
	var b strings.Builder
	for line := range strings.SplitSeq(text, "\n") {
		b.WriteString(shown(line) + "\r\n")
	}
	t.echo(b.String())
	t.put(Input{Text: text, Pasted: true})
}

// swapped exchanges the grapheme cluster before a position and the one after it, or the last
// two at the end of the line.
func swapped(line string, pos int) (string, int, bool) {
	if pos == len(line) {
		pos = lastCluster(line)
	}
	from, to := lastCluster(line[:pos]), pos+firstCluster(line[pos:])
	return line[:from] + line[pos:to] + line[from:pos] + line[to:], to, true
}

// firstCluster returns the length of the first grapheme cluster.
func firstCluster(s string) int {
	c, _, _, _ := uniseg.FirstGraphemeClusterInString(s, -1)
	return len(c)
}

// lastCluster returns where the last grapheme cluster begins.
func lastCluster(s string) int {
	from := 0
	for n := firstCluster(s); n < len(s)-from; n = firstCluster(s[from:]) {
		from += n
	}
	return from
}

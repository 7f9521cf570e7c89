package secretscan

import "strings"

// Secrets whose name is in the markup around them: <password type="x">...</password>,
// <key>password</key><string>...</string>, {"name": "DB_PASSWORD", "value": "..."}.

// The max lengths of a tag, and of the text between a value and the name that it belongs to.
const (
	maxTag    = 512
	maxBeside = 200
)

// tag examines the text of the XML element whose start tag begins at i.
func tag(f *finder, i int) {
	name, end := startTag(f, i)
	if end == 0 || f.s[end-1] == '/' {
		return
	}
	from := end + 1
	to := from + textLen(f, from)
	if !strings.HasPrefix(f.s[to:], "</") {
		return
	}
	strong, weak := secretName(name[strings.LastIndexByte(name, ':')+1:])
	if !strong && !weak {
		strong, weak = namedIn(f.s[i:end])
	}
	if strong || weak {
		addNamed(f, from, to, strong, weak)
		return
	}
	if name != "key" && name != "name" { // the next element has the value
		return
	}
	next := to + len("</") + len(name) + len(">")
	if next > len(f.s) {
		return
	}
	if _, last := startTag(f, f.span(next, blank, maxLineGap)); last > 0 {
		strong, weak = secretName(lower(f.s[from:to]))
		addNamed(f, last+1, last+1+textLen(f, last+1), strong, weak)
	}
}

// startTag returns the name, in lower case, of the start tag at i, and the index of its end;
// 0 if there is none.
func startTag(f *finder, i int) (name string, end int) {
	if i+1 >= len(f.s) || f.s[i] != '<' || !alnum[f.s[i+1]] {
		return "", 0
	}
	to := i + 1
	for to < len(f.s) && to-i < 64 && (wordy[f.s[to]] || f.s[to] == '.' || f.s[to] == ':') {
		to++
	}
	k := strings.IndexAny(f.s[to:min(len(f.s), to+min(maxTag, f.spend()))], "<>")
	f.budget -= max(k, 0)
	if k < 0 || f.s[to+k] == '<' {
		return "", 0
	}
	return lower(f.s[i+1 : to]), to + k
}

// textLen returns the length of the text that begins at i and ends at the next tag or line.
func textLen(f *finder, i int) int {
	n := strings.IndexAny(f.s[i:min(len(f.s), i+f.spend())], "<\n")
	if n < 0 {
		n = min(len(f.s)-i, f.spend())
	}
	f.budget -= n
	return n
}

// addNamed adds a value that belongs to the name of a secret, unless it is a placeholder or
// the location of one.
func addNamed(f *finder, from, to int, strong, weak bool) {
	v := f.s[from:to]
	switch {
	case placeholder(v) || address(v) || strings.ContainsAny(v, "\n<>"):
	case weak && len(v) >= 4:
		f.add(from, to, "password", true)
	case strong && len(v) >= 16 && mixed(v) && allIn(v, dottedBase64) && !nameLike(v):
		f.add(from, to, "token", false)
	}
}

// besideName reports whether the value between i and to belongs to a name of a secret that
// is another member of its object, list item or tag, before or after it.
func besideName(f *finder, i, to int) (strong, weak bool) {
	before := f.s[max(0, i-maxBeside):i]
	before = before[strings.LastIndexAny(before, "{}<>")+1:]
	if k := strings.LastIndex(before, "- "); k >= 0 { // an item of a list in YAML
		before = before[k:]
	}
	if strong, weak = namedIn(before); strong || weak {
		return strong, weak
	}
	after := f.s[to:min(len(f.s), to+maxBeside)]
	if k := strings.IndexAny(after, "{}<>"); k >= 0 {
		after = after[:k]
	}
	if k := strings.Index(after, "- "); k >= 0 {
		after = after[:k]
	}
	return namedIn(after)
}

// namedIn reports whether a text has a member "name" or "key" that is the name of a secret,
// or a type "password".
func namedIn(s string) (strong, weak bool) {
	low := lower(s)
	for _, member := range []string{"name", "key", "type"} {
		for from := 0; ; {
			k := strings.Index(low[from:], member)
			if k < 0 {
				break
			}
			i := from + k
			from = i + len(member)
			if i > 0 && (wordy[low[i-1]] || low[i-1] == '.') {
				continue
			}
			rest := strings.TrimLeft(low[from:], "\\\"' \t")
			if rest == "" || rest[0] != ':' && rest[0] != '=' {
				continue
			}
			rest = strings.TrimLeft(rest[1:], "\\\"' \t")
			to := 0
			for to < len(rest) && (wordy[rest[to]] || rest[to] == '.') {
				to++
			}
			strong, weak = secretName(rest[:to])
			if member == "type" {
				strong, weak = false, rest[:to] == "password"
			}
			if strong || weak {
				return strong, weak
			}
		}
	}
	return false, false
}

// schemes are the words before a token in an Authorization header that are no standard.
var schemes = strings.Fields("token apikey api-key key bot geniekey ssws splunk")

// authorization finds the token in an Authorization header whose value begins at i.
// Bearer and Basic are found by themselves.
func authorization(f *finder, i int) {
	if to := f.span(i, wordy, 16); to < len(f.s) && f.s[to] == ' ' {
		if !inList(f.s[i:to], schemes) {
			return
		}
		i = to + 1
	}
	to := f.span(i, dottedBase64, f.spend())
	f.budget -= to - i
	v := f.s[i:to]
	if len(v) >= 16 && mixed(v) && !nameLike(v) && !strings.Contains(strings.TrimRight(v, "="), "=") {
		f.add(i, to, "token", false)
	}
}

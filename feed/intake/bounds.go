package intake

import (
	"strconv"
	"strings"
)

// The bounds of memory. One input takes at most 64 MiB above an idle process,
// whatever it says: see TestPeak. The values and texts of one record are the
// largest part of it.
const (
	maxRecord  = 12 << 20 // bytes of text of one record
	maxNodes   = 400_000  // values of one record
	maxRules   = 20_000   // rules of one SARIF run that results are compared with
	maxPrints  = 64       // fingerprints of one finding, their names included
	maxArgs    = 100      // arguments of one message
	maxSecrets = 64       // different secrets that one record names
)

// grownText returns a text with room for n more bytes. It doubles up to 1 MiB; a
// larger one gets all that a record may have at once, so that no old copies of it
// wait for the collector.
func grownText(b []byte, n int) []byte {
	const whole = maxRecord + 4*maxString
	need := len(b) + n
	switch {
	case need <= cap(b):
		return b
	case need <= 1<<20:
		return append(make([]byte, 0, max(2*cap(b), need, 16<<10)), b...)
	}
	return append(make([]byte, 0, max(whole, need)), b...)
}

// grownNodes returns the values with room for one more.
func grownNodes(b []node) []node {
	const some = 32 << 10
	switch {
	case len(b) < cap(b):
		return b
	case len(b) < some:
		return append(make([]node, 0, max(2*cap(b), 256)), b...)
	}
	return append(make([]node, 0, maxNodes+1), b...)
}

// expand fills the places of a template of SARIF, as "{0}", with arguments, once:
// what an argument says is no template. Braces that are doubled stand for
// themselves. The result has limit bytes at most.
func expand(template string, limit int, argument func(n int) (string, bool)) string {
	var b strings.Builder
	for template != "" && b.Len() < limit {
		i := strings.IndexAny(template, "{}")
		if i < 0 {
			b.WriteString(template)
			break
		}
		b.WriteString(template[:i])
		template = template[i:]
		if len(template) > 1 && template[1] == template[0] {
			b.WriteByte(template[0])
			template = template[2:]
			continue
		}
		end := strings.IndexByte(template, '}')
		n, err := strconv.Atoi(template[1:max(end, 1)])
		if template[0] == '{' && end > 1 && err == nil && n >= 0 && n < maxArgs {
			if s, ok := argument(n); ok {
				b.WriteString(s[:min(len(s), limit)])
				template = template[end+1:]
				continue
			}
		}
		b.WriteByte(template[0])
		template = template[1:]
	}
	s := b.String()
	return s[:min(len(s), limit)]
}

// distinct returns the secrets that a record names, each once. Ok is false where
// there are more than can be looked for in its texts.
func distinct(secrets []string) (out []string, ok bool) {
	if len(secrets) <= 4 {
		return secrets, true
	}
	seen := map[string]struct{}{}
	for _, s := range secrets {
		if _, known := seen[s]; known {
			continue
		}
		if len(out) >= maxSecrets {
			return nil, false
		}
		seen[s] = struct{}{}
		out = append(out, s)
	}
	return out, true
}

// manySecrets stands for a text of a record that names too many secrets to be
// sure that none is left in it.
const manySecrets = "<text of a record with many secrets, not kept>"

// cut returns the beginning of a text, without the rest of it in memory.
func cut(s string, limit int) string {
	if len(s) <= limit {
		return s
	}
	return strings.Clone(s[:limit])
}

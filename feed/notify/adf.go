package notify

import "strings"

// node is a piece of a document in Atlassian's form.
type node struct {
	Type    string  `json:"type"`
	Version int     `json:"version,omitempty"`
	Text    string  `json:"text,omitempty"`
	Marks   []mark  `json:"marks,omitempty"`
	Content []*node `json:"content,omitempty"`
}

type mark struct {
	Type string `json:"type"`
}

// mostADF is how much text a document of ours has at most, under the 32,767
// characters that Jira takes.
const mostADF = 28000

// adf is a record as a document: its facts as a list, its text as paragraphs.
func adf(r Record) *node {
	doc := &node{Type: "doc", Version: 1}
	left := mostADF
	take := func(s string) string {
		s = cut(plain(s), left, "...")
		left -= len(s)
		return s
	}
	list := &node{Type: "bulletList"}
	for _, f := range r.Facts {
		p := &node{Type: "paragraph", Content: []*node{{Type: "text", Text: f.Name + ": ", Marks: []mark{{Type: "strong"}}}}}
		p.Content = append(p.Content, texts(take(f.Value))...)
		list.Content = append(list.Content, &node{Type: "listItem", Content: []*node{p}})
	}
	if len(list.Content) > 0 {
		doc.Content = append(doc.Content, list)
	}
	for _, t := range r.Text {
		if c := texts(take(t)); len(c) > 0 {
			doc.Content = append(doc.Content, &node{Type: "paragraph", Content: c})
		}
	}
	if len(doc.Content) == 0 {
		doc.Content = []*node{{Type: "paragraph"}}
	}
	return doc
}

// texts are the lines of a text. A text of nothing is no node there may be.
func texts(s string) []*node {
	var out []*node
	for i, l := range strings.Split(s, "\n") {
		if i > 0 {
			out = append(out, &node{Type: "hardBreak"})
		}
		if l != "" {
			out = append(out, &node{Type: "text", Text: l})
		}
	}
	return out
}

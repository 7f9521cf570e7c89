package notify

import "strings"

// node is a node of a document in Atlassian Document Format.
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

// maxADF is the max length of the text in a document, in bytes. Jira accepts up to 32,767
// characters.
const maxADF = 28000

// adf returns a record as a document: its facts as a list, its text as paragraphs.
func adf(r Record) *node {
	doc := &node{Type: "doc", Version: 1}
	left := maxADF
	take := func(s string) string {
		s = cut(plain(s), left, "...")
		left -= len(s)
		return s
	}
	list := &node{Type: "bulletList"}
	for _, f := range r.Facts {
		p := &node{Type: "paragraph",
			Content: []*node{{Type: "text", Text: f.Name + ": ", Marks: []mark{{Type: "strong"}}}}}
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

// texts returns the lines of a text as nodes. Empty text nodes are not allowed.
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

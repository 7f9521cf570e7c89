// Package httpin is the door over HTTP: what detectors and relays post becomes
// alerts, and services that call back find their own path there.
//
// Every connection is hostile until it has shown the token or a signature, and
// bounded after that: bytes, time, requests. Nothing is stored before the whole
// body was read and its signature was found to be right. Each answer is one JSON
// object that says in a sentence what was read, or why not.
package httpin

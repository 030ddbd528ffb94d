#pragma once
#include <chrono>
#include <filesystem>
#include <string>

// The text in a file, so that it is found by what stands in it: plain texts in any encoding, HTML, PDF, and the documents
// of Office and WPS (docx, xlsx, pptx) and LibreOffice (odt, ods, odp). Pictures and everything else have none.
namespace keepword::extract {

constexpr std::size_t max_text = 300'000;  // bytes of what is kept; the rest of a longer text is not found

// What can be read in the file; empty where it has no text, is broken, or is of no kind that is read. `type` is what its
// content says it is. A file from outside may be made to break whoever reads it: text_apart() is for those.
std::string text_of(std::filesystem::path const& file, std::string const& type);

// The same by a process of its own, `program text-of FILE TYPE`, which has little memory and time and can write nothing:
// if the file breaks it, it has no text. Blocks for at most `patience`.
std::string text_apart(std::filesystem::path const& program, std::filesystem::path const& file, std::string const& type,
                       std::chrono::seconds patience = std::chrono::seconds(20));

// For that process: takes away what it does not need. Before it reads anything.
void confine();

}  // namespace keepword::extract

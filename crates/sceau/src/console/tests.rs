mod pages;
mod samples;
mod words;

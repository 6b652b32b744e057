mod pages;
mod words;

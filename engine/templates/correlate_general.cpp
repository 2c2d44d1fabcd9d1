{# USES_VARIABLES { N_pre, N_post } #}
{% extends 'common_group.cpp' %}
{% block maincode %}
    const size_t _vectorisation_idx = -1;
    {{scalar_code|autoindent}}
    for (int _pre = 0; _pre < N_pre; _pre++)
    for (int _post = 0; _post < N_post; _post++)
    {
        const int _idx = _pre * N_post + _post, _transposed_idx = _post * N_pre + _pre;
        {{c_data_type(_into.dtype)}} _result = 0;
        for (int _trial = 0; _trial < {{_trials}}; _trial++)
        {
            const int _pre_idx = _trial * N_pre + _pre;
            const int _post_idx = _trial * N_post + _post;
            const size_t _vectorisation_idx = _idx;
            {{vector_code|autoindent}}
            _result += _value;
        }
        {{get_array_name(_into)}}[_idx] = _result;
    }
{% endblock %}
